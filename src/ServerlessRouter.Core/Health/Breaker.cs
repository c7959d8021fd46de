using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Health;

/// <summary>
/// Closed, open until a time, then half-open: one probe may pass at a time, and its end decides. A rate limit needs no probe: when its time is over every call passes, because the
/// vendor has said so, and a probe of a long answer would keep all others waiting. Reading and entering take no lock; opening and closing happen under the owner's. An opening that
/// other instances share is half-open only where this instance was granted the probe.
/// </summary>
internal sealed class Breaker(HealthOptions options, TimeProvider time)
{
    private const long Closed = 0;
    private long _openUntil;
    private long _openedAt;
    private long _closedAt;
    private int _outages;
    private int _bursts;
    private volatile BreakerCause _cause;
    private volatile bool _isToldByVendor;
    private AttemptContext? _probe;
    private volatile bool _isShared;
    private volatile bool _isWanted;
    private long _grantedUntil;

    /// <summary>Whether a call would be let through.</summary>
    public bool IsCallable(long timestamp)
    {
        var openUntil = Volatile.Read(ref _openUntil);
        return openUntil == Closed || (timestamp >= openUntil && (IsRateLimit || (Volatile.Read(ref _probe) is null && MayProbe(timestamp))));
    }

    /// <summary>How often it opened for this cause without staying closed in between; the lengths grow with it.</summary>
    public int Openings => IsRateLimit ? _bursts : _outages;

    /// <summary>Why it opened last.</summary>
    public BreakerCause Cause => _cause;

    /// <summary>Now, as it counts time.</summary>
    public long Timestamp => time.GetTimestamp();

    /// <summary>It opened for a rate limit.</summary>
    public bool IsRateLimit => _cause == BreakerCause.Burst;

    /// <summary>The end of the opening is a vendor's word.</summary>
    public bool IsToldByVendor => _isToldByVendor;

    /// <summary>What is to be expected of the opening's end.</summary>
    public OpeningKind Opening => _cause switch
    {
        BreakerCause.Burst => OpeningKind.RateLimitEnds,
        BreakerCause.Outage => _outages <= 1 ? OpeningKind.FirstGuess : OpeningKind.Unlikely,
        BreakerCause.Quota or BreakerCause.Refused => OpeningKind.Unlikely,
    };

    /// <summary>The opening is known to the other instances.</summary>
    public bool IsShared => _isShared;

    /// <summary>A call was turned away only because the probe is not granted to this instance.</summary>
    public bool IsWanted => _isWanted;

    /// <summary>A probe is under way.</summary>
    public bool IsProbing => Volatile.Read(ref _probe) is not null;

    public bool IsClosed => Volatile.Read(ref _openUntil) == Closed;

    /// <summary>It opened for a rate limit whose time is over: it closes with the first call that goes well, and until then counts failures as if it were closed.</summary>
    public bool IsOver(long timestamp) => IsRateLimit && Volatile.Read(ref _openUntil) is not Closed and var openUntil && timestamp >= openUntil;

    /// <summary>Whether a call that began at this time was let through although it had opened.</summary>
    public bool HasOpenedBefore(long startedAt) => startedAt >= Volatile.Read(ref _openedAt);

    /// <summary>How long it stays open, in seconds; 0 when it does not.</summary>
    public double OpenForSeconds(long timestamp)
    {
        var openUntil = Volatile.Read(ref _openUntil);
        return openUntil == Closed || timestamp >= openUntil ? 0 : time.GetElapsedTime(timestamp, openUntil).TotalSeconds;
    }

    /// <summary>How long a probe could have passed that no instance has begun, in seconds; 0 while it is closed, open or being probed.</summary>
    public double HalfOpenForSeconds(long timestamp)
    {
        var openUntil = Volatile.Read(ref _openUntil);
        return openUntil == Closed || timestamp < openUntil || IsRateLimit || IsProbing ? 0 : time.GetElapsedTime(openUntil, timestamp).TotalSeconds;
    }

    /// <summary>Lets the attempt through, as the probe when half-open; a last resort always passes.</summary>
    public bool TryEnter(AttemptContext attempt, long timestamp)
    {
        var openUntil = Volatile.Read(ref _openUntil);
        if (openUntil == Closed || attempt.Choice == DeploymentChoice.LeastBad)
            return true;
        return timestamp >= openUntil && (IsRateLimit || (MayProbe(timestamp) && Interlocked.CompareExchange(ref _probe, attempt, null) is null));
    }

    /// <summary>Frees the probe's place if this attempt held it. True when the attempt may close the breaker: it was let through while the breaker was not closed.</summary>
    public bool Leave(AttemptContext attempt) =>
        Interlocked.CompareExchange(ref _probe, null, attempt) == attempt
        || (attempt.Choice == DeploymentChoice.LeastBad && HasOpenedBefore(attempt.StartedAt))
        || IsOver(attempt.StartedAt);

    /// <summary>Opens, or stays open longer. Answers with the length.</summary>
    /// <param name="cause">Why.</param>
    /// <param name="retryAfter">What the vendor asked for.</param>
    /// <param name="attempt">The call that failed; one from before the last opening says nothing new and a last resort is no probe, so the length does not grow for them.</param>
    /// <param name="timestamp">Now.</param>
    public TimeSpan Open(BreakerCause cause, TimeSpan? retryAfter, AttemptContext attempt, long timestamp)
    {
        var isNew = attempt.Choice != DeploymentChoice.LeastBad && HasOpenedBefore(attempt.StartedAt);
        var isTold = cause is BreakerCause.Burst or BreakerCause.Quota && retryAfter > TimeSpan.Zero;
        if (cause == BreakerCause.Burst)
        {
            // A vendor's own word is no guess that has to grow.
            if (!isTold && (_bursts == 0 || isNew))
                _bursts++;
        }
        else
        {
            if (IsClosed && time.GetElapsedTime(_closedAt, timestamp) > options.Window)
                _outages = 0;
            if (_outages == 0 || isNew)
                _outages++;
        }

        _isShared = false;
        Volatile.Write(ref _grantedUntil, 0);

        var length = Length(cause, retryAfter);
        OpenUntil(timestamp, timestamp + (long)(length.TotalSeconds * time.TimestampFrequency), cause, isTold);
        return length;
    }

    /// <summary>Stays open at least until a time; an earlier end that is known already is never brought forward.</summary>
    private void OpenUntil(long timestamp, long until, BreakerCause cause, bool isTold)
    {
        Volatile.Write(ref _openedAt, timestamp);
        if (until <= Volatile.Read(ref _openUntil))
            return;
        _cause = cause;
        _isToldByVendor = isTold;
        Volatile.Write(ref _openUntil, until);
    }

    public void Close(long timestamp)
    {
        _closedAt = timestamp;
        _isShared = false;
        _isWanted = false;
        _bursts = 0;
        // One that is down again and again is left alone for longer each time; one that had bad luck is not.
        _outages /= 2;
        Volatile.Write(ref _openUntil, Closed);
    }

    /// <summary>Takes over an opening that the instances share.</summary>
    public void Follow(long timestamp, long until, BreakerCause cause, int openings, bool isProbeOurs)
    {
        if (!isProbeOurs)
            Volatile.Write(ref _grantedUntil, 0);
        if (IsClosed)
            Volatile.Write(ref _openedAt, timestamp);
        if (cause == BreakerCause.Burst)
            _bursts = Math.Max(_bursts, openings);
        else
            _outages = Math.Max(_outages, openings);
        _cause = cause;
        _isToldByVendor = cause == BreakerCause.Burst;
        _isShared = true;
        Volatile.Write(ref _openUntil, until);
    }

    /// <summary>The others cannot be asked: this instance decides alone again.</summary>
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
        BreakerCause.Outage => Least(Doubled(options.OutageFirst, options.OutageLongest, _outages), options.OutageLongest),
        BreakerCause.Burst => Least(retryAfter is { } asked && asked > TimeSpan.Zero ? asked : Doubled(options.BurstFirst, options.BurstLongest, _bursts), options.BurstLongest),
        BreakerCause.Quota => Least(retryAfter is { } asked && asked > options.Quota ? asked : options.Quota, options.QuotaLongest),
        BreakerCause.Refused => options.Refused,
    };

    private static TimeSpan Doubled(TimeSpan first, TimeSpan longest, int openings)
    {
        var length = first;
        for (var opening = 1; opening < openings && length < longest; opening++)
            length += length;
        return length;
    }

    private static TimeSpan Least(TimeSpan left, TimeSpan right) => left < right ? left : right;
}
