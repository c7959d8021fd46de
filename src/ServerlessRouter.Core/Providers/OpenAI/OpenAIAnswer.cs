using System.Buffers;
using ServerlessRouter.Chat;
using ServerlessRouter.Errors;
using ServerlessRouter.Json;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Providers.Failures;

namespace ServerlessRouter.Providers.OpenAI;

/// <summary>Reads a whole answer in OpenAI's schema, and tells answers from pages, errors and nothing at all behind a 200. One that would trip clients is written anew.</summary>
internal static class OpenAIAnswer
{
    private const int RoomForMending = 512;

    /// <summary>Takes over <paramref name="pooled"/>, an array of the shared pool.</summary>
    public static AttemptResult Read(byte[] pooled, int length)
    {
        length = TakeOff(pooled, length);
        var isJson = OpenAIPayloadReader.TryRead(pooled.AsSpan(0, length), PayloadForm.Whole, out var payload);
        if (!isJson && NonFiniteNumbers.Replace(pooled.AsSpan(0, length)) is { } known)
        {
            ArrayPool<byte>.Shared.Return(pooled);
            (pooled, length) = (ArrayPool<byte>.Shared.Rent(known.Length + 1), known.Length);
            known.CopyTo(pooled, 0);
            isJson = OpenAIPayloadReader.TryRead(known, PayloadForm.Whole, out payload);
        }

        if (!isJson && IsAllSaid(payload) && payload.MembersEnd < pooled.Length)
        {
            // What is cut off, or garbage, stands behind the answer.
            pooled[payload.MembersEnd] = (byte)'}';
            length = payload.MembersEnd + 1;
            isJson = true;
        }

        if (isJson && payload is { HasChoices: true, IsError: false, Mute.IsEmpty: true })
            return payload.IsOdd ? Mend(pooled, length) : Answer(pooled, length, payload);
        var failure = FailureOf(payload, pooled.AsMemory(0, length));
        ArrayPool<byte>.Shared.Return(pooled);
        return failure with { Usage = payload.Usage };
    }

    private static ChatAnswer Answer(byte[] pooled, int length, in OpenAIPayload payload) => new(pooled, length)
    {
        Usage = payload.Usage,
        UsageRange = payload.UsageRange,
        ContentBytes = payload.ContentBytes,
        FinishReason = payload.FinishReason,
        Usual = payload.IsUsual ? new UsualAnswer(payload.IdRange, payload.CreatedRange) : null,
    };

    private static AttemptResult Mend(byte[] pooled, int length)
    {
        using var mended = new PooledWriter(length + RoomForMending);
        new OpenAIMender(mended, PayloadForm.Whole).Write(pooled.AsMemory(0, length));
        ArrayPool<byte>.Shared.Return(pooled);
        OpenAIPayloadReader.TryRead(mended.Written.Span, PayloadForm.Whole, out var payload);
        return Answer(mended.Detach(), mended.Length, payload);
    }

    /// <summary>Every choice is there to its end.</summary>
    private static bool IsAllSaid(in OpenAIPayload payload) => payload is { HasChoices: true, HasWholeList: true } && (payload.Choices - payload.Finished).IsEmpty;

    /// <summary>Takes off what may stand around the one document: a byte order mark, and a list's brackets. Answers the length that is left.</summary>
    private static int TakeOff(byte[] pooled, int length)
    {
        var body = pooled.AsSpan(0, length);
        var kept = body.StartsWith("\uFEFF"u8) ? body["\uFEFF"u8.Length..] : body;
        if (kept.TrimStart(" \t\r\n"u8) is [(byte)'[', ..] && kept.LastIndexOf((byte)']') is var end and > 0)
            kept = kept[(kept.IndexOf((byte)'[') + 1)..end];
        if (kept.Length < length)
            kept.CopyTo(pooled);
        return kept.Length;
    }

    private static AttemptFailure FailureOf(in OpenAIPayload payload, ReadOnlyMemory<byte> body)
    {
        if (!payload.ErrorRange.IsEmpty)
            return UpstreamFailures.OfErrorInside(VendorError.OfObject(body.Slice(payload.ErrorRange.Start, payload.ErrorRange.Length)));
        if (payload.IsFlatError)
            return UpstreamFailures.OfErrorInside(VendorError.Read(body));
        if (payload.IsFailed)
            return UpstreamFailures.OfErrorInside(VendorError.Unknown);
        return UpstreamFailures.OfBodyInside(body, body.IsEmpty ? "The provider's answer was empty." : "The provider's answer was no whole chat completion.");
    }
}
