using ServerlessRouter.Chat;
using ServerlessRouter.Domain;
using ServerlessRouter.Errors;
using ServerlessRouter.Json;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Providers.OpenAI;

namespace ServerlessRouter.Caching;

/// <summary>Gives a kept answer again, plain or streamed as the request wants it, with an id and a time of its own. What came as a stream is streamed as it came.</summary>
internal static class Replay
{
    private const string IdPrefix = "chatcmpl-";
    private const int RoomForIds = 256;

    public static ChatOutcome Give(CachedAnswer answer, RequestContext context, DateTimeOffset now)
    {
        var made = new ReplayIdentity($"{IdPrefix}{context.RequestId}", now.ToUnixTimeSeconds());
        if (!context.Request.IsStream)
            return new ChatOutcome.Completed(answer.IsStream ? Joined(answer, made) : Whole(answer, made));
        return new ChatOutcome.Streaming(answer.IsStream ? new ReplayedStream(answer, made) : new WholeAnswerStream(Whole(answer, made)));
    }

    private static ChatAnswer Whole(CachedAnswer answer, ReplayIdentity made)
    {
        using var output = new PooledWriter(answer.Body.Length + RoomForIds);
        made.Write(answer.Body.Span, answer.Marks, output);
        var body = output.Written.Span;
        return new ChatAnswer(output.Detach(), body.Length)
        {
            Usage = answer.Usage,
            UsageRange = answer.HasUsage ? JsonMemberReader.Find(body, "usage"u8) : default,
            ContentBytes = answer.ContentBytes,
            FinishReason = answer.FinishReason,
        };
    }

    private static ChatAnswer Joined(CachedAnswer answer, ReplayIdentity made)
    {
        var joiner = new AnswerJoiner();
        using var events = new PooledWriter(answer.Body.Length + RoomForIds);
        made.Write(answer.Body.Span, answer.Marks, events);
        joiner.Add(events.Written);
        var (pooled, length) = joiner.Join(answer.UsageChunk);
        return new ChatAnswer(pooled, length)
        {
            Usage = answer.Usage,
            UsageRange = JsonMemberReader.Find(pooled.AsSpan(0, length), "usage"u8),
            ContentBytes = answer.ContentBytes,
            FinishReason = answer.FinishReason,
        };
    }
}

/// <summary>By what an answer that is given again is told from the others.</summary>
/// <param name="Id">Its id.</param>
/// <param name="CreatedAt">When it is given, in Unix seconds.</param>
internal readonly record struct ReplayIdentity(string Id, long CreatedAt)
{
    public void Write(ReadOnlySpan<byte> bytes, ReadOnlySpan<AnswerMark> marks, PooledWriter output) => AnswerMarks.Write(bytes, marks, Id, CreatedAt, output);
}

/// <summary>A stream that is given again: all of its events in one batch.</summary>
internal sealed class ReplayedStream : ChatStream
{
    private readonly CachedAnswer _answer;
    private readonly ReplayIdentity _made;
    private readonly PooledWriter _events;
    private byte[]? _usageChunk;
    private bool _isRead;

    public ReplayedStream(CachedAnswer answer, ReplayIdentity made)
    {
        (_answer, _made) = (answer, made);
        _events = new PooledWriter(answer.Body.Length + (answer.Marks.Length * made.Id.Length));
        made.Write(answer.Body.Span, answer.Marks, _events);
    }

    public override ReadOnlyMemory<byte> Batch => _isRead ? _events.Written : default;

    public override bool HasContent => _isRead;

    public override TokenUsage? Usage => _answer.Usage;

    public override long ContentBytes => _answer.ContentBytes;

    public override string? FinishReason => _isRead ? _answer.FinishReason : null;

    public override AttemptFailure? Failure => null;

    public override ReadOnlyMemory<byte> UsageChunk => _usageChunk ??= WriteUsageChunk();

    public override ValueTask<bool> ReadAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_isRead)
            return new(false);
        _isRead = true;
        return new(true);
    }

    public override ValueTask DisposeAsync()
    {
        _events.Dispose();
        return default;
    }

    private byte[] WriteUsageChunk()
    {
        if (_answer.UsageChunk.Length == 0)
            return [];
        using var chunk = new PooledWriter(_answer.UsageChunk.Length + _made.Id.Length);
        _made.Write(_answer.UsageChunk.Span, AnswerMarks.OfBody(_answer.UsageChunk.Span), chunk);
        return chunk.Written.ToArray();
    }
}
