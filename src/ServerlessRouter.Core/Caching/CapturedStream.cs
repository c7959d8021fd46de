using System.Runtime.CompilerServices;
using ServerlessRouter.Chat;
using ServerlessRouter.Domain;
using ServerlessRouter.Errors;
using ServerlessRouter.Json;

namespace ServerlessRouter.Caching;

/// <summary>A stream on its way to the caller that is copied on the way, so that it can be given again once it is whole.</summary>
/// <param name="inner">The stream, which this takes over.</param>
/// <param name="maxBytes">What is longer is not copied to its end.</param>
/// <param name="ended">Is told once: the events of a whole stream, or none of one that is not.</param>
internal sealed class CapturedStream(ChatStream inner, int maxBytes, Action<ChatStream, ReadOnlyMemory<byte>?> ended) : ChatStream
{
    private const int UsualBytes = 4096;

    private PooledWriter? _events = new(UsualBytes);
    private bool _hasEnded;

    public override WireSchema Schema => inner.Schema;

    public override ReadOnlyMemory<byte> Batch => inner.Batch;

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
        if (!await inner.ReadAsync(cancellationToken))
        {
            End(isWhole: inner.Failure is null);
            return false;
        }

        if (_events is { } events)
        {
            if (events.Length + inner.Batch.Length > maxBytes)
                End(isWhole: false);
            else
                events.Append(inner.Batch.Span);
        }

        return true;
    }

    public override async ValueTask DisposeAsync()
    {
        try
        {
            // First, so that followers who now ask by themselves find the places free that it held.
            await inner.DisposeAsync();
        }
        finally
        {
            End(isWhole: false);
        }
    }

    private void End(bool isWhole)
    {
        if (_hasEnded)
            return;
        _hasEnded = true;
        using var events = _events;
        _events = null;
        ended(inner, isWhole ? events!.Written : null);
    }
}
