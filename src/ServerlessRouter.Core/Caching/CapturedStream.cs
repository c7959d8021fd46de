using System.Runtime.CompilerServices;
using ServerlessRouter.Chat;
using ServerlessRouter.Json;

namespace ServerlessRouter.Caching;

/// <summary>A stream on its way to the caller that is copied on the way, so that it can be given again once it is whole.</summary>
/// <param name="inner">The stream, which this takes over.</param>
/// <param name="maxBytes">What is longer is not copied to its end.</param>
/// <param name="ended">Is told once: the events of a whole stream, or none of one that is not.</param>
internal sealed class CapturedStream(ChatStream inner, int maxBytes, Action<ChatStream, ReadOnlyMemory<byte>?> ended) : ForwardedStream(inner)
{
    private const int UsualBytes = 4096;

    private PooledWriter? _events = new(UsualBytes);
    private bool _hasEnded;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<bool> ReadAsync(CancellationToken cancellationToken)
    {
        if (!await Inner.ReadAsync(cancellationToken))
        {
            End(isWhole: Inner.Failure is null);
            return false;
        }

        if (_events is { } events)
        {
            if (events.Length + Inner.Batch.Length > maxBytes)
                End(isWhole: false);
            else
                events.Append(Inner.Batch.Span);
        }

        return true;
    }

    public override async ValueTask DisposeAsync()
    {
        try
        {
            // First, so that followers who now ask by themselves find the places free that it held.
            await Inner.DisposeAsync();
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
        ended(Inner, isWhole ? events!.Written : null);
    }
}
