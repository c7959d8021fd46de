using ServerlessRouter.Chat;
using ServerlessRouter.Domain;
using ServerlessRouter.Errors;

namespace ServerlessRouter.Core.Tests.Http;

/// <summary>Sends one batch and then throws what no stream should.</summary>
internal sealed class BuggyStream : ChatStream
{
    private bool _isRead;

    public override ReadOnlyMemory<byte> Batch { get; } = "data: {}\n\n"u8.ToArray();

    public override bool HasContent => true;

    public override TokenUsage? Usage => null;

    public override long ContentBytes => 0;

    public override string? FinishReason => null;

    public override AttemptFailure? Failure => null;

    public override ReadOnlyMemory<byte> UsageChunk => default;

    public override ValueTask<bool> ReadAsync(CancellationToken cancellationToken)
    {
        if (_isRead)
            throw new InvalidOperationException("boom");
        _isRead = true;
        return new(true);
    }

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
