using ServerlessRouter.Chat;
using ServerlessRouter.Domain;
using ServerlessRouter.Errors;
using ServerlessRouter.Testing;

namespace ServerlessRouter.Core.Tests.Http;

/// <summary>A vendor that sends as fast as it is read, until <paramref name="most"/> batches are out.</summary>
internal sealed class EndlessStream(int most) : ChatStream
{
    public const int BatchBytes = 64 * 1024;

    private readonly TaskCompletionSource _disposed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _reads;

    /// <summary>Batches asked for so far.</summary>
    public int Reads => Volatile.Read(ref _reads);

    public override ReadOnlyMemory<byte> Batch { get; } = Comment();

    public override bool HasContent => true;

    public override TokenUsage? Usage => null;

    public override long ContentBytes => 0;

    public override string? FinishReason => null;

    public override AttemptFailure? Failure => null;

    public override ReadOnlyMemory<byte> UsageChunk => default;

    public Task WaitForDisposalAsync() => Patience.WaitAsync(_disposed.Task, static () => "the stream to be disposed");

    public override ValueTask<bool> ReadAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new(Interlocked.Increment(ref _reads) <= most);
    }

    public override ValueTask DisposeAsync()
    {
        _disposed.TrySetResult();
        return ValueTask.CompletedTask;
    }

    private static byte[] Comment()
    {
        var comment = new byte[BatchBytes];
        comment.AsSpan().Fill((byte)'x');
        comment[0] = (byte)':';
        comment[^2] = comment[^1] = (byte)'\n';
        return comment;
    }
}
