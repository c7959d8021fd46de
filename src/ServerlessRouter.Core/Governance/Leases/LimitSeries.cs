using ServerlessRouter.Configuration;

namespace ServerlessRouter.Governance.Leases;

/// <summary>One limit of one subject, window after window.</summary>
internal sealed class LimitSeries(LimitSubject subject, LimitModel limit, KeyCrowd? crowd = null)
{
    private readonly Lock _turn = new();
    private readonly LimitWindow _window = limit.Window;
    private readonly string _hash = LeaseTables.Hash(subject, limit);
    private readonly int _shard = LeaseTables.ShardOf(subject);
    private LeaseCounter? _current;
    private DateTimeOffset _latest = DateTimeOffset.MinValue;

    public int Shard => _shard;

    /// <summary>Among which it is counted, where one key names many such subjects.</summary>
    public KeyCrowd? Crowd => crowd;

    /// <summary>The row of the window at this moment.</summary>
    public string KeyAt(DateTimeOffset now) => LeaseTables.Key(_window, WindowSpan.Of(_window, now), _hash);

    /// <summary>What this instance has settled in the window at this moment and not yet written, and what it is granted beyond what it uses.</summary>
    public (long Unwritten, long Spare) OwnAt(DateTimeOffset now)
    {
        if (Last is not { } counter || !counter.Span.Contains(now))
            return default;
        lock (counter.Gate)
            return (counter.Unwritten, counter.Spare);
    }

    /// <summary>The last window that was counted; null before the first.</summary>
    public LeaseCounter? Last => Volatile.Read(ref _current);

    /// <summary>The window at this moment.</summary>
    public LeaseCounter At(DateTimeOffset now) => Last is { } current && current.Span.Contains(now) ? current : Turn(now);

    private LeaseCounter Turn(DateTimeOffset now)
    {
        lock (_turn)
        {
            if (_current is { } current && current.Span.Contains(now))
                return current;
            var span = WindowSpan.Of(_window, now);
            var next = new LeaseCounter(span, LeaseTables.Key(_window, span, _hash), _shard);
            // Where the clock was set back, and forward again, the window is one that was counted before.
            if (_current is { } before && span.Start > _latest)
                next.Follow(before);
            if (span.Start > _latest)
                _latest = span.Start;
            Volatile.Write(ref _current, next);
            return next;
        }
    }
}

/// <summary>Tells series apart.</summary>
internal readonly record struct LimitSeriesName(LimitSubject Subject, string Limit, LimitMeasure Measure, LimitWindow Window)
{
    public static LimitSeriesName Of(LimitSubject subject, LimitModel limit) => new(subject, limit.Name, limit.Measure, limit.Window);
}
