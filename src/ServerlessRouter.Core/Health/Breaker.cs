using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Health;

/// <summary>
/// Closed, open until a time, then half-open: one probe may pass at a time, and its end decides. Reading and entering take no lock; opening and closing happen
/// under the owner's. An opening that other instances share is half-open only where this instance was granted the probe.
/// </summary>
internal sealed class Breaker(HealthOptions options, TimeProvider time)
{
    private const long Closed = 0;
    private long _openUntil;
    private long _openedAt;
    private long _closedAt;
    private int _openings;
    private AttemptContext? _probe;
    private volatile bool _isShared;
    private volatile bool _isWanted;
    private long _grantedUntil;

    /// <summary>Whether a call would be let through.</summary>
    public bool IsCallable(long timestamp)
    {
        var openUntil = Volatile.Read(ref _openUntil);
        return openUntil == Closed || (timestamp >= openUntil && Volatile.Read(ref _probe) is null && MayProbe(timestamp));
    }

    /// <summary>How often it opened without staying closed for a while in between; the lengths grow with it.</summary>
    public int Openings => _openings;

    /// <summary>The opening is known to the other instances.</summary>
    public bool IsShared => _isShared;

    /// <summary>A call was turned away only because the probe is not granted to this instance.</summary>
    public bool IsWanted => _isWanted;

    /// <summary>A probe is under way.</summary>
    public bool IsProbing => Volatile.Read(ref _probe) is not null;

    public bool IsClosed => Volatile.Read(ref _openUntil) == Closed;

    /// <summary>Whether a call that began at this time was let through although it had opened.</summary>
    public bool HasOpenedBefore(long startedAt) => startedAt >= Volatile.Read(ref _openedAt);

    /// <summary>How long it stays open, in seconds; 0 when it does not.</summary>
    public double OpenForSeconds(long timestamp)
    {
        var openUntil = Volatile.Read(ref _openUntil);
        return openUntil == Closed || timestamp >= openUntil ? 0 : time.GetElapsedTime(timestamp, openUntil).TotalSeconds;
    }

    /// <summary>How long a probe could have passed that nobody has begun, in seconds; 0 while it is closed, open or being probed.</summary>
    public double HalfOpenForSeconds(long timestamp)
    {
        var openUntil = Volatile.Read(ref _openUntil);
        return openUntil == Closed || timestamp < openUntil || IsProbing ? 0 : time.GetElapsedTime(openUntil, timestamp).TotalSeconds;
    }

    /// <summary>Lets the attempt through, as the probe when half-open; a last resort always passes.</summary>
    public bool TryEnter(AttemptContext attempt, long timestamp)
    {
        var openUntil = Volatile.Read(ref _openUntil);
        if (openUntil == Closed || attempt.Choice == DeploymentChoice.LeastBad)
            return true;
        return timestamp >= openUntil && MayProbe(timestamp) && Interlocked.CompareExchange(ref _probe, attempt, null) is null;
    }

    /// <summary>Frees the probe's place if this attempt held it. True when the attempt may close the breaker: it was let through while the breaker was not closed.</summary>
    public bool Leave(AttemptContext attempt) =>
        Interlocked.CompareExchange(ref _probe, null, attempt) == attempt
        || (attempt.Choice == DeploymentChoice.LeastBad && HasOpenedBefore(attempt.StartedAt));

    /// <summary>Opens, or stays open longer. Answers with the length.</summary>
    /// <param name="cause">Why.</param>
    /// <param name="retryAfter">What the vendor asked for.</param>
    /// <param name="attempt">The call that failed; one from before the last opening says nothing new and a last resort is no probe, so the length does not grow for them.</param>
    /// <param name="timestamp">Now.</param>
    public TimeSpan Open(BreakerCause cause, TimeSpan? retryAfter, AttemptContext attempt, long timestamp)
    {
        if (IsClosed && time.GetElapsedTime(_closedAt, timestamp) > options.Window)
            _openings = 0;
        if (_openings == 0 || (attempt.Choice != DeploymentChoice.LeastBad && HasOpenedBefore(attempt.StartedAt)))
            _openings++;
        _isShared = false;
        Volatile.Write(ref _grantedUntil, 0);

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
        _isShared = false;
        _isWanted = false;
        Volatile.Write(ref _openUntil, Closed);
    }

    /// <summary>Takes over an opening that the instances share.</summary>
    public void Follow(long timestamp, long until, int openings, bool isProbeOurs)
    {
        if (!isProbeOurs)
            Volatile.Write(ref _grantedUntil, 0);
        if (IsClosed)
            Volatile.Write(ref _openedAt, timestamp);
        _openings = Math.Max(_openings, openings);
        _isShared = true;
        Volatile.Write(ref _openUntil, until);
    }

    /// <summary>Nobody can be asked: this instance decides alone again.</summary>
    public void Unshare() => _isShared = false;

    /// <summary>The probe of a shared opening is this instance's until then.</summary>
    public void Grant(long until)
    {
        _isWanted = false;
        Volatile.Write(ref _grantedUntil, until);
    }

    private bool MayProbe(long timestamp)
    {
        if (!_isShared || timestamp < Volatile.Read(ref _grantedUntil))
            return true;
        _isWanted = true;
        return false;
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
