using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Health;

/// <summary>
/// Closed, open until a time, then half-open: one probe may pass at a time, and its end decides. Reading and entering take no lock; opening and closing happen
/// under the owner's.
/// </summary>
internal sealed class Breaker(HealthOptions options, TimeProvider time)
{
    private const long Closed = 0;
    private long _openUntil;
    private long _openedAt;
    private long _closedAt;
    private int _openings;
    private AttemptContext? _probe;

    /// <summary>Whether a call would be let through.</summary>
    public bool IsCallable(long timestamp)
    {
        var openUntil = Volatile.Read(ref _openUntil);
        return openUntil == Closed || (timestamp >= openUntil && Volatile.Read(ref _probe) is null);
    }

    public bool IsClosed => Volatile.Read(ref _openUntil) == Closed;

    /// <summary>Whether a call that began at this time was let through although it had opened.</summary>
    public bool HasOpenedBefore(long startedAt) => startedAt >= Volatile.Read(ref _openedAt);

    /// <summary>How long it stays open, in seconds; 0 when it does not.</summary>
    public double OpenForSeconds(long timestamp)
    {
        var openUntil = Volatile.Read(ref _openUntil);
        return openUntil == Closed || timestamp >= openUntil ? 0 : time.GetElapsedTime(timestamp, openUntil).TotalSeconds;
    }

    /// <summary>Lets the attempt through, as the probe when half-open; a last resort always passes.</summary>
    public bool TryEnter(AttemptContext attempt, long timestamp)
    {
        var openUntil = Volatile.Read(ref _openUntil);
        if (openUntil == Closed || attempt.Choice == DeploymentChoice.LeastBad)
            return true;
        return timestamp >= openUntil && Interlocked.CompareExchange(ref _probe, attempt, null) is null;
    }

    /// <summary>Frees the probe's place if this attempt held it. True when the attempt may close the breaker: it was let through while the breaker was not closed.</summary>
    public bool Leave(AttemptContext attempt) =>
        Interlocked.CompareExchange(ref _probe, null, attempt) == attempt
        || (attempt.Choice == DeploymentChoice.LeastBad && HasOpenedBefore(attempt.StartedAt));

    /// <summary>Opens, or stays open longer. Answers with the length.</summary>
    /// <param name="cause">Why.</param>
    /// <param name="retryAfter">What the vendor asked for.</param>
    /// <param name="startedAt">When the call began; calls from before the last opening say nothing new, so the length does not grow for them.</param>
    /// <param name="timestamp">Now.</param>
    public TimeSpan Open(BreakerCause cause, TimeSpan? retryAfter, long startedAt, long timestamp)
    {
        if (IsClosed && time.GetElapsedTime(_closedAt, timestamp) > options.Window)
            _openings = 0;
        if (_openings == 0 || HasOpenedBefore(startedAt))
            _openings++;

        var length = Length(cause, retryAfter);
        OpenUntil(timestamp, timestamp + (long)(length.TotalSeconds * time.TimestampFrequency));
        return length;
    }

    /// <summary>Stays open at least until a time; an earlier end that is known already is never brought forward.</summary>
    public void OpenUntil(long timestamp, long until)
    {
        Volatile.Write(ref _openedAt, timestamp);
        if (until > Volatile.Read(ref _openUntil))
            Volatile.Write(ref _openUntil, until);
    }

    public void Close(long timestamp)
    {
        _closedAt = timestamp;
        Volatile.Write(ref _openUntil, Closed);
    }

    private TimeSpan Length(BreakerCause cause, TimeSpan? retryAfter) => cause switch
    {
        BreakerCause.Outage => Least(Doubled(options.OutageFirst, options.OutageLongest), options.OutageLongest),
        BreakerCause.Burst => Least(retryAfter is { } asked && asked > TimeSpan.Zero ? asked : Doubled(options.BurstFirst, options.BurstLongest), options.BurstLongest),
        BreakerCause.Quota => Least(retryAfter is { } asked && asked > options.Quota ? asked : options.Quota, options.QuotaLongest),
        BreakerCause.Refused => options.Refused,
    };

    private TimeSpan Doubled(TimeSpan first, TimeSpan longest)
    {
        var length = first;
        for (var opening = 1; opening < _openings && length < longest; opening++)
            length += length;
        return length;
    }

    private static TimeSpan Least(TimeSpan left, TimeSpan right) => left < right ? left : right;
}
