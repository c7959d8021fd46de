using System.Buffers;
using System.Runtime.CompilerServices;
using ServerlessRouter.Chat;
using ServerlessRouter.Domain;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Recording;

/// <summary>A stream on its way to the caller: settles the request when it ends, and adds what the router has to say as its last batch.</summary>
internal sealed class RecordedStream(ChatStream inner, RequestContext context, RecordingStage recording, TimeProvider time) : ChatStream
{
    private ArrayBufferWriter<byte>? _closing;
    private bool _isSettled;

    public override ReadOnlyMemory<byte> Batch => _closing?.WrittenMemory ?? inner.Batch;

    public override bool HasContent => inner.HasContent;

    public override TokenUsage? Usage => inner.Usage;

    public override long ContentBytes => inner.ContentBytes;

    public override string? FinishReason => inner.FinishReason;

    public override bool HasFinished => inner.HasFinished;

    public override AttemptFailure? Failure => inner.Failure;

    public override ReadOnlyMemory<byte> UsageChunk => inner.UsageChunk;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<bool> ReadAsync(CancellationToken cancellationToken)
    {
        if (_isSettled)
            return false;
        if (await inner.ReadAsync(cancellationToken))
            return true;

        if (inner.Failure is { } failure)
            context.Error = new RouterError(failure.Traits.ClientCode, failure.Detail) { ShouldRetry = true };
        Settle();
        _closing = StreamComposer.Close(inner, context, time);
        return _closing is not null;
    }

    public override async ValueTask DisposeAsync()
    {
        await inner.DisposeAsync();
        if (_isSettled)
            return;
        context.Error = new RouterError(RouterErrorCode.ClientClosedRequest, "The caller left before the end of the stream.");
        Settle();
    }

    private void Settle()
    {
        _isSettled = true;
        recording.Settle(context);
    }
}
