using ServerlessRouter.Configuration;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Queueing;

/// <summary>An attempt that waits.</summary>
internal sealed class WaitingAttempt(AttemptContext attempt, DeploymentModel[] deployments)
    : Waiting(attempt.Request.CallerName ?? "", attempt.Request.Tier.Priority, cost: 1)
{
    private readonly TaskCompletionSource<bool> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public AttemptContext Attempt => attempt;

    /// <summary>Those that may take it, the best first.</summary>
    public DeploymentModel[] Deployments => deployments;

    /// <summary>Ends with whether it was let in.</summary>
    public Task<bool> Outcome => _outcome.Task;

    public bool IsLetIn { get; private set; }

    /// <summary>Under the queue's lock.</summary>
    public void LetIn()
    {
        IsLetIn = true;
        _outcome.TrySetResult(true);
    }

    public void Refuse() => _outcome.TrySetResult(false);
}

/// <summary>What a call has of a deployment's capacity; given back when its attempt ends, if not before.</summary>
internal sealed class DeploymentSlot(ModelQueue queue, DeploymentRoom room) : IAttemptSlot, IAttemptListener
{
    private int _isReleased;

    public void Release() => Release(wasSent: false, tokens: 0);

    public void OnEnded(AttemptContext attempt) => Release(attempt.WasSent, attempt.Usage.TotalTokens);

    private void Release(bool wasSent, long tokens)
    {
        if (Interlocked.Exchange(ref _isReleased, 1) != 0)
            return;
        room.Lease?.Settle(wasSent, tokens);
        room.Slots?.Release();
        queue.Released();
    }
}

/// <summary>What was taken of a deployment for one call.</summary>
internal struct DeploymentRoom
{
    /// <summary>Of this instance's slots; null where the deployment takes any number of calls at once.</summary>
    public SlotCount? Slots;

    /// <summary>Of what all instances have together; null where they share nothing.</summary>
    public SharedLease? Lease;

    public readonly bool IsEmpty => Slots is null && Lease is null;

    public readonly void GiveBack()
    {
        Lease?.Settle(wasSent: false, tokens: 0);
        Slots?.Release();
    }
}
