using ServerlessRouter.Domain;
using ServerlessRouter.Errors;

namespace ServerlessRouter.Chat;

/// <summary>A stream that stands in front of another, which it takes over, and says what that one says unless it has a word of its own.</summary>
/// <param name="inner">The other.</param>
internal abstract class ForwardedStream(ChatStream inner) : ChatStream
{
    /// <summary>The stream behind this one.</summary>
    protected ChatStream Inner { get; } = inner;

    public override WireSchema Schema => Inner.Schema;

    public override ReadOnlyMemory<byte> Batch => Inner.Batch;

    public override bool HasContent => Inner.HasContent;

    public override TokenUsage? Usage => Inner.Usage;

    public override long ContentBytes => Inner.ContentBytes;

    public override string? FinishReason => Inner.FinishReason;

    public override bool HasFinished => Inner.HasFinished;

    public override AttemptFailure? Failure => Inner.Failure;

    public override ReadOnlyMemory<byte> UsageChunk => Inner.UsageChunk;
}
