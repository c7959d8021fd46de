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

/// <summary>A slot at a deployment; given back when its attempt ends, if not before.</summary>
internal sealed class DeploymentSlot(ModelQueue queue, SlotCount slots) : IAttemptSlot, IAttemptListener
{
    private int _isReleased;

    public void Release()
    {
        if (Interlocked.Exchange(ref _isReleased, 1) != 0)
            return;
        slots.Release();
        queue.Released();
    }

    public void OnEnded(AttemptContext attempt) => Release();
}
