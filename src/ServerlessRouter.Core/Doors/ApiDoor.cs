using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using ServerlessRouter.Chat;
using ServerlessRouter.Domain;
using ServerlessRouter.Errors;
using ServerlessRouter.Json;

namespace ServerlessRouter.Doors;

/// <summary>
/// A way in for callers of one API: reads its requests as chat requests, which are all that the pipeline knows, and writes what the pipeline answers in that API's own form.
/// It keeps nothing; one instance serves every request.
/// </summary>
public abstract class ApiDoor
{
    private const int UsualGrowth = 512;

    /// <summary>What callers speak here.</summary>
    public abstract WireSchema Schema { get; }

    /// <summary>
    /// Reads <paramref name="length"/> bytes of <paramref name="pooled"/>, an array of the shared pool. On success the request owns the array and keeps what came in it; on
    /// failure it stays the caller's and <paramref name="error"/> says what is wrong.
    /// </summary>
    public bool TryRead(byte[] pooled, int length, [NotNullWhen(true)] out ChatRequest? request, [NotNullWhen(false)] out RouterError? error)
    {
        using var chat = new PooledWriter(length + UsualGrowth);
        request = null;
        error = Read(pooled.AsMemory(0, length), chat);
        if (error is not null)
            return false;
        var (translated, written) = (chat.Detach(), chat.Length);
        if (!ChatRequestScanner.TryScan(translated, written, out request, out error))
        {
            ArrayPool<byte>.Shared.Return(translated);
            error = InOwnWords(error);
            return false;
        }

        request.Door = new DoorRequest(Schema, pooled, length) { OwnTool = OwnTools.FindFirst(request) ?? FindOwnItem(request, pooled.AsSpan(0, length)) };
        // Every answer here tells its usage.
        request.IncludesUsage = true;
        return true;
    }

    /// <summary>Where in a body that was read the first thing stands, beside its tools, that only vendors of this schema can take; null without one.</summary>
    protected virtual string? FindOwnItem(ChatRequest request, ReadOnlySpan<byte> body) => null;

    /// <summary>
    /// Writes the request as a chat request, with everything that a vendor of any schema could need. Answers with what is wrong, in the words of the caller's own API, or null.
    /// </summary>
    /// <param name="body">The caller's bytes, not yet known to be JSON.</param>
    /// <param name="chat">Takes one JSON object in the schema of chat completions.</param>
    public abstract RouterError? Read(ReadOnlyMemory<byte> body, IBufferWriter<byte> chat);

    /// <summary>The same error with <see cref="RouterError.Param"/> named as the caller's API names it.</summary>
    public virtual RouterError InOwnWords(RouterError error) => error;

    /// <summary>Writes a whole answer of chat completions as one of this API.</summary>
    /// <param name="terms">The request it answers.</param>
    /// <param name="answer">One JSON object, with <c>usage.cost</c> and, where the caller asked, <c>router_metadata</c>.</param>
    /// <param name="output">Takes one JSON object.</param>
    public abstract void WriteAnswer(DoorTerms terms, ReadOnlyMemory<byte> answer, IBufferWriter<byte> output);

    /// <summary>Begins to write a stream.</summary>
    public abstract DoorStream OpenStream(DoorTerms terms);

    /// <summary>HTTP status of an error.</summary>
    public virtual int StatusOf(RouterError error) => error.Status;

    /// <summary>Writes an error as a whole answer.</summary>
    public abstract void WriteError(RouterError error, string requestId, IBufferWriter<byte> output);

    /// <summary>
    /// Writes the events that end a stream with an error, where nothing else of it was written, or where a vendor's own events were passed on that <see cref="WatchPassed"/> need not see.
    /// </summary>
    public abstract void WriteErrorEvents(RouterError error, string requestId, IBufferWriter<byte> output);

    /// <summary>Begins to watch a vendor's own events on their way; null where an error can be told behind them without having seen them.</summary>
    public virtual PassedStream? WatchPassed() => null;
}

/// <summary>What must be known of a vendor's own events to tell an error behind them.</summary>
public abstract class PassedStream
{
    /// <summary>Looks at whole events that are passed on.</summary>
    public abstract void Take(ReadOnlySpan<byte> batch);

    /// <summary>Writes the events that end the stream with an error.</summary>
    public abstract void WriteError(RouterError error, string requestId, IBufferWriter<byte> output);
}

/// <summary>What the writer of an answer knows of the request.</summary>
/// <param name="RequestId">The router's name of the request.</param>
/// <param name="Body">The request as it came, for what answers repeat of it.</param>
/// <param name="Model">The model that answers.</param>
/// <param name="PromptTokens">The router's guess of the prompt's tokens.</param>
/// <param name="Now">When the answer begins.</param>
public sealed record DoorTerms(string RequestId, ReadOnlyMemory<byte> Body, string Model, int PromptTokens, DateTimeOffset Now)
{
    /// <summary>The kept answer that the request went on from; the body does not say it any more.</summary>
    public string? PreviousResponseId { get; init; }
}

/// <summary>Writes one stream of chat chunks as the events of another API, batch by batch.</summary>
public abstract class DoorStream : IDisposable
{
    /// <summary>
    /// Writes what a batch says. The last one may hold a chunk of the router's own with <c>usage</c>, <c>router_metadata</c> or <c>error</c>; behind an error, which this writes in the
    /// API's own form, the stream is over.
    /// </summary>
    /// <param name="batch">Whole events: one <c>data:</c> line each and a blank one; comments may stand between them. No <c>[DONE]</c>.</param>
    /// <param name="output">Takes whole events; none where there is nothing to say yet.</param>
    public abstract void Take(ReadOnlyMemory<byte> batch, IBufferWriter<byte> output);

    /// <summary>Writes the end of a stream that is whole.</summary>
    public abstract void End(IBufferWriter<byte> output);

    public virtual void Dispose() => GC.SuppressFinalize(this);
}
