using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Telemetry;

namespace ServerlessRouter.Queueing;

/// <summary>The attempts at one model that wait until a deployment has room for them. Room comes with the end of another attempt, or with time.</summary>
internal sealed class ModelQueue
{
    /// <summary>How many of those next in order are looked at, where the first are not allowed what has room.</summary>
    private const int MaxLookedAt = 64;

    /// <summary>What another model's calls at the same deployment give back is found within this.</summary>
    private static readonly TimeSpan MaxInterval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan MinInterval = TimeSpan.FromMilliseconds(5);

    private readonly Lock _lock = new();
    private readonly LanguageModel _model;
    private readonly IDeploymentVitals _vitals;
    private readonly IDeploymentCapacity _capacity;
    private readonly DeploymentSlots _slots;
    private readonly SharedCapacity? _shared;
    private readonly Action _lookAgain;
    private readonly RouterMetrics _metrics;
    private readonly TimeProvider _time;
    private FairQueue? _queue;
    private ITimer? _timer;
    private volatile int _count;

    public ModelQueue(LanguageModel model, IDeploymentVitals vitals, IDeploymentCapacity capacity, DeploymentSlots slots, RouterMetrics metrics, TimeProvider time)
    {
        (_model, _vitals, _capacity, _slots, _metrics, _time) = (model, vitals, capacity, slots, metrics, time);
        (_shared, _lookAgain) = (slots.Shared, Released);
    }

    /// <summary>What an attempt's prompt takes of a capacity of tokens.</summary>
    public static int TokensOf(AttemptContext attempt) => attempt.Request.Profile?.PromptTokens ?? 0;

    /// <summary>Counts the attempt in at the deployment that was picked for it; false where it has to wait.</summary>
    public bool TryEnter(AttemptContext attempt) => _count == 0 && TryTake(attempt, attempt.Deployment!);

    /// <summary>Waits for room, and counts the attempt in; false where none came in time, or where others had to go before and too many wait.</summary>
    public async ValueTask<bool> WaitAsync(AttemptContext attempt, TimeSpan bound, CancellationToken cancellationToken)
    {
        var waiting = new WaitingAttempt(attempt, DeploymentsFor(attempt));
        lock (_lock)
        {
            _queue ??= new FairQueue(attempt.Request.Router.MaxWait / 2, _time);
            (_queue.Add(waiting, attempt.Request.Router.MaxWaitingRequests) as WaitingAttempt)?.Refuse();
            Serve();
        }

        try
        {
            return await waiting.Outcome.WaitAsync(bound > TimeSpan.Zero ? TimerSpan.RoundUp(bound) : TimeSpan.Zero, _time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return LetGo(waiting);
        }
        catch (OperationCanceledException)
        {
            // What it was given in the meantime is given back when the attempt ends.
            LetGo(waiting);
            throw;
        }
    }

    /// <summary>A slot was given back.</summary>
    internal void Released()
    {
        if (_count == 0)
            return;
        lock (_lock)
            Serve();
    }

    /// <summary>True where it was let in before it could go.</summary>
    private bool LetGo(WaitingAttempt waiting)
    {
        lock (_lock)
        {
            _queue!.Remove(waiting);
            CountWaiting();
            // What was not served does not count against those of its caller that come after it.
            if (!waiting.IsLetIn)
                waiting.GiveBackTurn();
            return waiting.IsLetIn;
        }
    }

    /// <summary>Lets in those there is room for, in fair order. Under the lock.</summary>
    private void Serve()
    {
        while (NextToServe() is { } next)
        {
            _queue!.Serve(next);
            next.LetIn();
        }

        CountWaiting();
        if (_count == 0)
            return;
        _timer ??= _time.CreateTimer(static queue => ((ModelQueue)queue!).OnTime(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timer.Change(NextLook(), Timeout.InfiniteTimeSpan);
    }

    private void CountWaiting()
    {
        _metrics.Wait(_model.Name, _queue!.Count - _count);
        _count = _queue.Count;
    }

    private void OnTime()
    {
        lock (_lock)
            Serve();
    }

    private WaitingAttempt? NextToServe()
    {
        var looked = 0;
        foreach (var waiting in _queue!.InOrder())
        {
            if (TryLetIn((WaitingAttempt)waiting))
                return (WaitingAttempt)waiting;
            if (++looked == MaxLookedAt)
                break;
        }

        return null;
    }

    private bool TryLetIn(WaitingAttempt waiting)
    {
        foreach (var deployment in waiting.Deployments)
        {
            if (!_vitals.IsCallable(deployment) || !TryTake(waiting.Attempt, deployment))
                continue;
            waiting.Attempt.Deployment = deployment;
            return true;
        }

        return false;
    }

    private bool TryTake(AttemptContext attempt, DeploymentModel deployment)
    {
        var room = new DeploymentRoom();
        if (!TryTake(attempt, deployment, ref room))
        {
            room.GiveBack();
            return false;
        }

        attempt.IsCountedIn = true;
        if (!room.IsEmpty)
        {
            var slot = new DeploymentSlot(this, room);
            attempt.Slot = slot;
            attempt.AddListener(slot);
        }

        return true;
    }

    /// <summary>First among the calls of this instance, then among those of all, and then by what the minute and the vendor still let through.</summary>
    private bool TryTake(AttemptContext attempt, DeploymentModel deployment, ref DeploymentRoom room)
    {
        if (deployment.ConcurrentRequests is { } most && (room.Slots = _slots.Take(deployment, _shared?.SlotsOf(deployment, most) ?? most)) is null)
        {
            _shared?.Want(deployment);
            return false;
        }

        return _shared?.TryTake(deployment, TokensOf(attempt), _lookAgain, out room.Lease) != false && _capacity.TryTake(deployment, TokensOf(attempt));
    }

    /// <summary>Those that may take the attempt, the picked one first.</summary>
    private DeploymentModel[] DeploymentsFor(AttemptContext attempt)
    {
        var picked = attempt.Deployment!;
        if (attempt.Choice == DeploymentChoice.SameAgain || _model.Deployments.Length == 1)
            return [picked];
        var tried = attempt.Request.Attempts.Where(earlier => earlier != attempt && ReferenceEquals(earlier.Model, attempt.Model)).Select(static earlier => earlier.Deployment).ToHashSet();
        var filter = attempt.Request.Plan?.DeploymentFilter;
        return [picked, .. _model.Deployments.Where(other => other != picked && !tried.Contains(other) && filter?.Allows(_model, other) != false).OrderBy(static other => other.Priority)];
    }

    private TimeSpan NextLook()
    {
        var next = MaxInterval;
        foreach (var deployment in _model.Deployments)
        {
            var room = _capacity.RoomIn(deployment, 1);
            if (room > TimeSpan.Zero && room < next)
                next = room;
        }

        return TimerSpan.RoundUp(next > MinInterval ? next : MinInterval);
    }
}
