using System.Text;
using System.Threading.Channels;
using ServerlessRouter.Chat;
using ServerlessRouter.Domain;
using ServerlessRouter.Errors;
using ServerlessRouter.Testing;

namespace ServerlessRouter.Core.Tests.Http;

/// <summary>A stream whose batches a test sends one by one.</summary>
internal sealed class ScriptedStream : ChatStream
{
    private readonly Channel<string> _batches = Channel.CreateUnbounded<string>();
    private readonly TaskCompletionSource _disposed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Channel<int> _reads = Channel.CreateUnbounded<int>();
    private ReadOnlyMemory<byte> _batch;
    private AttemptFailure? _failure;

    public override ReadOnlyMemory<byte> Batch => _batch;

    public override bool HasContent => true;

    public override TokenUsage? Usage => null;

    public override long ContentBytes => 0;

    public override string? FinishReason => null;

    public override AttemptFailure? Failure => _failure;

    public override ReadOnlyMemory<byte> UsageChunk => default;

    public ScriptedStream Send(string data)
    {
        _batches.Writer.TryWrite($"data: {data}\n\n");
        return this;
    }

    public ScriptedStream End(AttemptFailure? failure = null)
    {
        _failure = failure;
        _batches.Writer.Complete();
        return this;
    }

    /// <summary>Waits until the next batch is asked for: everything before is written.</summary>
    public Task WaitForReadAsync() => Patience.WaitAsync(_reads.Reader.ReadAsync().AsTask(), static () => "a read of the stream");

    public Task WaitForDisposalAsync() => Patience.WaitAsync(_disposed.Task, static () => "the stream to be disposed");

    public override async ValueTask<bool> ReadAsync(CancellationToken cancellationToken)
    {
        _reads.Writer.TryWrite(0);
        if (!await _batches.Reader.WaitToReadAsync(cancellationToken) || !_batches.Reader.TryRead(out var batch))
            return false;
        _batch = Encoding.UTF8.GetBytes(batch);
        return true;
    }

    public override ValueTask DisposeAsync()
    {
        _disposed.TrySetResult();
        return ValueTask.CompletedTask;
    }
}
