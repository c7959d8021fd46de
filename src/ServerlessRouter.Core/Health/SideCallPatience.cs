using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Health;

/// <summary>
/// Whether questions beside requests are still put to a deployment that is too slow for them: a breaker of their own, so that no request waits again and again for an answer that
/// does not come, while the requests that have the time for it go on. Known to this instance alone. <see cref="Learn"/> is called under the owner's lock.
/// </summary>
internal sealed class SideCallPatience(HealthOptions options, TimeProvider time)
{
    private readonly Breaker _breaker = new(options, time);
    private int _timeoutsInRow;

    /// <summary>Lets everything through but side calls that would only wait.</summary>
    public bool TryEnter(AttemptContext attempt) => !Concerns(attempt) || _breaker.TryEnter(attempt, time.GetTimestamp());

    /// <summary>The attempt is not made after all.</summary>
    public void Leave(AttemptContext attempt)
    {
        if (Concerns(attempt))
            _breaker.Leave(attempt);
    }

    /// <summary>Learns from how a side call ended.</summary>
    public void Learn(AttemptContext attempt, long now)
    {
        if (!Concerns(attempt))
            return;
        var mayClose = _breaker.Leave(attempt);
        if (attempt.Failure is null)
        {
            _timeoutsInRow = 0;
            if (mayClose)
                _breaker.Close(now);
        }
        else if (attempt.Failure.Traits.Breaker == BreakerRule.CountsForSideCalls)
        {
            _timeoutsInRow++;
            if (_breaker.IsClosed ? _timeoutsInRow >= options.FailuresInRow : _breaker.HasOpenedBefore(attempt.StartedAt))
                _breaker.Open(BreakerCause.Outage, null, attempt, now);
        }
    }

    private static bool Concerns(AttemptContext attempt) => attempt.Reason == AttemptReason.SideCall && attempt.Operation == AttemptOperation.Chat;
}
