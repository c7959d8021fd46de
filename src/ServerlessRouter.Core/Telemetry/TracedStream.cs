using System.Diagnostics;
using System.Runtime.CompilerServices;
using ServerlessRouter.Chat;

namespace ServerlessRouter.Telemetry;

/// <summary>A vendor's stream whose names are read on the way, for the span of the call.</summary>
internal sealed class TracedStream(ChatStream inner, Activity span) : ForwardedStream(inner)
{
    /// <summary>Both stand in the first events, or in none.</summary>
    private const int MaxBatches = 4;

    private int _batches;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<bool> ReadAsync(CancellationToken cancellationToken)
    {
        var hasRead = await Inner.ReadAsync(cancellationToken).ConfigureAwait(false);
        if (!hasRead)
            AttemptSpan.Describe(span, default, Inner.FinishReason);
        else if (_batches < MaxBatches && !Inner.Batch.IsEmpty)
            Look();
        return hasRead;
    }

    public override ValueTask DisposeAsync() => Inner.DisposeAsync();

    private void Look()
    {
        _batches++;
        var identity = AnswerIdentity.OfEvents(Inner.Batch.Span);
        if (identity.Id is null)
            return;
        _batches = MaxBatches;
        AttemptSpan.Describe(span, identity, finishReason: null);
    }
}
