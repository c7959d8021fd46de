using System.Globalization;
using ServerlessRouter.Configuration;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Telemetry;

namespace ServerlessRouter.Queueing;

/// <summary>Has an attempt wait while the deployments that may take it are known to have no room, in fair order among callers. Where no capacity is known, nothing waits.</summary>
internal sealed class QueueingStage(IDeploymentVitals vitals, IDeploymentCapacity capacity, DeploymentSlots slots, RouterMetrics metrics, TimeProvider time) : IAttemptStage
{
    private static readonly TimeSpan MinRetryAfter = TimeSpan.FromSeconds(1);

    private readonly ConfigurationTable<LanguageModel, ModelQueue> _queues = new();

    /// <summary>Drops the queues of models that this configuration does not have; those who wait there are still served.</summary>
    public void Follow(RouterModel router)
    {
        _queues.KeepOnly(router.Models);
        slots.Follow(router);
    }

    /// <summary>Hands on at once where there is room and no one waits.</summary>
    public ValueTask<AttemptResult> InvokeAsync(AttemptContext attempt, NextAttemptStage next, CancellationToken cancellationToken)
    {
        // The router's own probes, and last resorts, are made because nothing is known for sure.
        if (attempt.Request.IsProbe || attempt.Choice == DeploymentChoice.LeastBad)
            return next(attempt, cancellationToken);
        var queue = _queues.Of(attempt.Model, this, static (model, stage) => stage.QueueOf(model));
        if (!queue.TryEnter(attempt))
            return WaitAsync(queue, attempt, next, cancellationToken);
        var call = next(attempt, cancellationToken);
        return attempt.Slot is { } slot && call.IsCompletedSuccessfully ? new(Kept(slot, call.Result)) : call;
    }

    private ModelQueue QueueOf(LanguageModel model) => new(model, vitals, capacity, slots, metrics, time);

    private async ValueTask<AttemptResult> WaitAsync(ModelQueue queue, AttemptContext attempt, NextAttemptStage next, CancellationToken cancellationToken)
    {
        var (picked, begun) = (attempt.Deployment!, time.GetTimestamp());
        attempt.Clock?.Stop();
        var isLetIn = await queue.WaitAsync(attempt, Bound(attempt), cancellationToken).ConfigureAwait(false);
        var waited = time.GetElapsedTime(begun);
        if (waited > TimeSpan.Zero && attempt.WaitedFrom == 0)
            attempt.WaitedFrom = begun;
        if (!isLetIn)
            return Refused(attempt, picked, capacity.RoomIn(picked, ModelQueue.TokensOf(attempt)));
        attempt.StartedAt = time.GetTimestamp();
        attempt.Clock?.Restart(waited);
        if (waited > TimeSpan.Zero)
            attempt.DeploymentReason = string.Create(CultureInfo.InvariantCulture, $"waited {waited.TotalSeconds:0.0##} s for room");
        var result = await next(attempt, cancellationToken).ConfigureAwait(false);
        return attempt.Slot is { } slot ? Kept(slot, result) : result;
    }

    /// <summary>A call that the breaker did not let through needs no slot; the attempt may take one elsewhere.</summary>
    private static AttemptResult Kept(IAttemptSlot slot, AttemptResult result)
    {
        if (result.Failure is { Kind: FailureKind.NoDeployment })
            slot.Release();
        return result;
    }

    /// <summary>Half of what the request has left stays for the answer, or for another model.</summary>
    private static TimeSpan Bound(AttemptContext attempt)
    {
        var bound = attempt.Request.Router.MaxWait;
        return attempt.Clock is { } clock && clock.Left / 2 < bound ? clock.Left / 2 : bound;
    }

    private static AttemptFailure Refused(AttemptContext attempt, DeploymentModel picked, TimeSpan roomIn) =>
        new(FailureKind.NoRoom, $"The deployment '{picked.Id}' has no room, and neither has another of the model '{attempt.Model.Name}'.") { RetryAfter = roomIn > MinRetryAfter ? roomIn : MinRetryAfter };
}
