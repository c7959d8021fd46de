using ServerlessRouter.Configuration;

namespace ServerlessRouter.Governance.Leases;

/// <summary>One limit of one subject, window after window.</summary>
internal sealed class LimitSeries(SubjectCounters subject, LimitModel limit, KeyCrowd? crowd = null)
{
    private readonly LimitHash _hash = LeaseTables.Hash(subject.Subject, limit);
    private readonly LimitWindow _window = limit.Window;
    private LimitModel _limit = limit;
    private LeaseCounter? _current;
    private DateTimeOffset _latest = DateTimeOffset.MinValue;

    /// <summary>Whose count it is.</summary>
    public SubjectCounters Subject => subject;

    /// <summary>Among which it is counted, where one key names many such subjects.</summary>
    public KeyCrowd? Crowd => crowd;

    /// <summary>Whether this is what is counted of a limit: after a change of the configuration, the limit of the same name.</summary>
    public bool Is(LimitModel limit)
    {
        var known = _limit;
        if (ReferenceEquals(known, limit))
            return true;
        if (known.Name != limit.Name || known.Measure != limit.Measure || known.Window != limit.Window)
            return false;
        _limit = limit;
        return true;
    }

    /// <summary>The row of the window at this moment.</summary>
    public string KeyAt(DateTimeOffset now) => KeyOf(WindowSpan.Of(_window, now));

    /// <summary>The row of a window.</summary>
    public string KeyOf(WindowSpan span) => LeaseTables.Key(_window, span, _hash);

    /// <summary>The counter of the window at this moment; null where this instance has counted nothing in it.</summary>
    public LeaseCounter? CountedAt(DateTimeOffset now) => Last is { } counter && counter.Span.Contains(now) ? counter : null;

    /// <summary>The last window that was counted; null before the first.</summary>
    public LeaseCounter? Last => Volatile.Read(ref _current);

    /// <summary>The window at this moment; where the series was removed its last one, which is retired.</summary>
    public LeaseCounter At(DateTimeOffset now) => Last is { } current && current.Span.Contains(now) ? current : Turn(now);

    private LeaseCounter Turn(DateTimeOffset now)
    {
        lock (subject.Gate)
        {
            if (_current is { } current && (current.IsRetired || current.Span.Contains(now)))
                return current;
            var next = new LeaseCounter(this, WindowSpan.Of(_window, now));
            // Where the clock was set back, and forward again, the window is one that was counted before.
            if (_current is { } before && next.Span.Start > _latest)
                next.Follow(before);
            if (next.Span.Start > _latest)
                _latest = next.Span.Start;
            Volatile.Write(ref _current, next);
            return next;
        }
    }
}
