using ServerlessRouter.Domain;
using ServerlessRouter.Errors;

namespace ServerlessRouter.Chat;

/// <summary>
/// A streamed answer, read batch by batch. A batch is whole server-sent events in OpenAI's schema, ready for the wire. The closing <c>[DONE]</c> and a chunk that
/// carries nothing but usage are never part of a batch: the writer of the answer ends it.
/// </summary>
public abstract class ChatStream : IAsyncDisposable
{
    /// <summary>How long a chunk of usage is waited for behind the finish reason: vendors send it in the same moment.</summary>
    public static readonly TimeSpan UsageGrace = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Reads the next batch. False at the end: a proper one when <see cref="Failure"/> is null. A vendor's stream also answers with a batch without a byte: something came, a
    /// ping or a part of an event, that is a sign of life and nothing for the caller.
    /// </summary>
    public abstract ValueTask<bool> ReadAsync(CancellationToken cancellationToken);

    /// <summary>What the batches are written in: another than chat completions where a vendor's own events are passed on to a caller who speaks its schema.</summary>
    public virtual WireSchema Schema => WireSchema.Chat;

    /// <summary>The batch's bytes, valid until the next read.</summary>
    public abstract ReadOnlyMemory<byte> Batch { get; }

    /// <summary>Content, a tool call or a refusal has been read: nothing can be replaced once the caller has it.</summary>
    public abstract bool HasContent { get; }

    /// <summary>Usage as far as the vendor has sent it; null when it has sent none yet.</summary>
    public abstract TokenUsage? Usage { get; }

    /// <summary>UTF-8 bytes of content, reasoning and tool arguments read so far, from which usage is estimated when the vendor sends none.</summary>
    public abstract long ContentBytes { get; }

    /// <summary>The last <c>finish_reason</c> read.</summary>
    public abstract string? FinishReason { get; }

    /// <summary>
    /// Every choice that began has said why it finished: nothing of the answer can follow but its usage and the mark of its end, so silence or a cut from here on is the end of
    /// a whole answer.
    /// </summary>
    public virtual bool HasFinished => FinishReason is { Length: > 0 };

    /// <summary>Why the stream ended early; null while it runs and when it ended properly.</summary>
    public abstract AttemptFailure? Failure { get; }

    /// <summary>The payload of the last chunk that carried usage alone (without <c>data:</c>), or empty.</summary>
    public abstract ReadOnlyMemory<byte> UsageChunk { get; }

    /// <summary>Ends the upstream call, whatever its state, and gives every buffer back.</summary>
    public abstract ValueTask DisposeAsync();
}
