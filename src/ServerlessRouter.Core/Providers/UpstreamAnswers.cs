using System.Buffers;
using System.Runtime.CompilerServices;
using ServerlessRouter.Chat;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Providers.Failures;
using ServerlessRouter.Providers.OpenAI;
using ServerlessRouter.Providers.Upstream;

namespace ServerlessRouter.Providers;

/// <summary>Makes of a vendor's answer with a good status what the caller asked for, in whichever form it came: a stream may come as one document, and a document as a stream.</summary>
/// <remarks>A vendor bills an answer in the other form all the same, so it is read and given rather than asked for again.</remarks>
internal static class UpstreamAnswers
{
    private const string Json = "application/json";
    private const string EventStream = "text/event-stream";

    /// <summary>Takes over <paramref name="body"/>.</summary>
    /// <param name="mapper">The vendor's schema.</param>
    /// <param name="body">The answer's body.</param>
    /// <param name="mediaType">What its <c>Content-Type</c> says; some servers say nothing, or the wrong thing.</param>
    /// <param name="isStream">The caller wants a stream.</param>
    /// <param name="wasAskedToStream">So does the request that went up.</param>
    /// <param name="choices">How many choices are asked for.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static ValueTask<AttemptResult> ReadAsync(
        IChatMapper mapper, UpstreamBody body, string? mediaType, bool isStream, bool wasAskedToStream, int choices, CancellationToken cancellationToken)
    {
        // Nearly every stream: whatever is not called JSON may be one, and those who read events make documents of JSON among them.
        var isJson = Is(mediaType, Json);
        if (isStream && ((wasAskedToStream && !isJson) || Is(mediaType, EventStream)))
            return new(mapper.OpenStream(body, choices));
        if (isStream)
            return ReadForStreamAsync(mapper, body, choices, cancellationToken);
        if (isJson || !mapper.MayStream)
            return ReadWholeAsync(mapper, body, choices, cancellationToken);
        return Is(mediaType, EventStream) ? JoinAsync(mapper, body, choices, cancellationToken) : ReadUnlabelledAsync(mapper, body, choices, cancellationToken);
    }

    /// <summary>An event stream ends with its last event, also where the connection does not.</summary>
    private static async ValueTask<AttemptResult> ReadUnlabelledAsync(IChatMapper mapper, UpstreamBody body, int choices, CancellationToken cancellationToken) =>
        await BeginsAsEventsAsync(body, cancellationToken).ConfigureAwait(false)
            ? await JoinAsync(mapper, body, choices, cancellationToken).ConfigureAwait(false)
            : await ReadWholeAsync(mapper, body, choices, cancellationToken).ConfigureAwait(false);

    private static async ValueTask<AttemptResult> ReadForStreamAsync(IChatMapper mapper, UpstreamBody body, int choices, CancellationToken cancellationToken)
    {
        if (await BeginsAsEventsAsync(body, cancellationToken).ConfigureAwait(false))
            return mapper.OpenStream(body, choices);

        var result = await ReadWholeAsync(mapper.Translating, body, choices, cancellationToken).ConfigureAwait(false);
        return result.Answer is { } answer ? new WholeAnswerStream(answer) : result;
    }

    private static async ValueTask<bool> BeginsAsEventsAsync(UpstreamBody body, CancellationToken cancellationToken)
    {
        try
        {
            var first = await body.PeekAsync(cancellationToken).ConfigureAwait(false);
            return EventStreamText.Begins(first.Span);
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private static async ValueTask<AttemptResult> ReadWholeAsync(IChatMapper mapper, UpstreamBody body, int choices, CancellationToken cancellationToken)
    {
        using var open = body;
        var (pooled, length, end) = await body.ReadWholeAsync(body.MaxBytes, wantsTail: true, cancellationToken).ConfigureAwait(false);
        if (end == BodyEnd.TooLarge)
            return TooLarge(body, pooled, length);
        var text = pooled.AsMemory(0, length);
        if (mapper.MayStream && (EventStreamText.Begins(text.Span) || BareJson.AreDocuments(text.Span)))
            return await JoinAsync(mapper, UpstreamBody.Of(pooled, length, body.Time, body.MaxBytes), choices, cancellationToken).ConfigureAwait(false);
        var result = mapper.ReadAnswer(pooled, length);
        // A connection that breaks behind a whole answer has taken nothing from it.
        return end == BodyEnd.Broken && result.Failure is { } failure
            ? UpstreamFailures.CutBeforeCommit("The connection to the provider broke inside its answer.") with { Usage = failure.Usage }
            : result;
    }

    /// <summary>Reads a stream to its end, because its caller wants one document. Takes over <paramref name="body"/>.</summary>
    private static async ValueTask<AttemptResult> JoinAsync(IChatMapper mapper, UpstreamBody body, int choices, CancellationToken cancellationToken)
    {
        var stream = mapper.Translating.OpenStream(body, choices);
        await using (stream.ConfigureAwait(false))
        {
            var joiner = new AnswerJoiner();
            try
            {
                var goesOn = true;
                while (goesOn && !stream.HasFinished && joiner.Length <= body.MaxBytes)
                    goesOn = await AddAsync(stream, joiner, cancellationToken).ConfigureAwait(false);
                if (goesOn && stream.HasFinished)
                    await AddRestAsync(stream, joiner, body, cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                // What came is billed; whose time was over is the caller's to tell.
                return UpstreamFailures.CutBeforeCommit("The call was ended inside the provider's answer.") with { Usage = stream.Usage, ContentBytes = stream.ContentBytes };
            }

            if (joiner.Length > body.MaxBytes)
                return TooLarge(body.MaxBytes) with { Usage = stream.Usage, ContentBytes = stream.ContentBytes };

            cancellationToken.ThrowIfCancellationRequested();
            if (stream.Failure is { } failure)
            {
                // Its caller has seen nothing of it.
                return (failure.Kind == FailureKind.CutAfterCommit ? failure with { Kind = FailureKind.CutBeforeCommit } : failure) with
                {
                    Usage = stream.Usage ?? failure.Usage,
                    ContentBytes = stream.ContentBytes,
                };
            }

            var (pooled, length) = joiner.Join(stream.UsageChunk);
            var result = OpenAI.OpenAIAnswer.Read(pooled, length);
            // The document shows figures, and not whose they are.
            return result.Answer is { } answer && stream.Usage is { IsEstimated: true } estimated ? answer.WithUsage(estimated) : result;
        }
    }

    /// <summary>Behind the last reason at most usage is missing, as where a caller streams.</summary>
    private static async ValueTask AddRestAsync(ChatStream stream, AnswerJoiner joiner, UpstreamBody body, CancellationToken cancellationToken)
    {
        using var over = new CancellationTokenSource(ChatStream.UsageGrace, body.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(over.Token, cancellationToken);
        while (joiner.Length <= body.MaxBytes && await AddAsync(stream, joiner, either.Token).ConfigureAwait(false))
        {
        }
    }

    private static async ValueTask<bool> AddAsync(ChatStream stream, AnswerJoiner joiner, CancellationToken cancellationToken)
    {
        if (!await stream.ReadAsync(cancellationToken).ConfigureAwait(false))
            return false;
        joiner.Add(stream.Batch);
        return true;
    }

    private static AttemptFailure TooLarge(UpstreamBody body, byte[] pooledTail, int length)
    {
        var usage = OpenAI.UsageInTail.Find(pooledTail.AsSpan(0, length));
        ArrayPool<byte>.Shared.Return(pooledTail);
        return TooLarge(body.MaxBytes) with { Usage = usage, ContentBytes = usage is null ? Math.Min(body.BytesRead, body.MaxBytes) : 0 };
    }

    private static AttemptFailure TooLarge(int maxBytes) => new(
        FailureKind.AnswerTooLarge, $"The provider's answer is larger than {maxBytes} bytes, the most this router reads whole (server.maxAnswerMebibytes in its configuration).");

    private static bool Is(string? mediaType, string wanted) => mediaType is not null && mediaType.StartsWith(wanted, StringComparison.OrdinalIgnoreCase);
}
