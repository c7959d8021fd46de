using ServerlessRouter.Configuration;

namespace ServerlessRouter.Governance.Leases;

/// <summary>All that is counted of one subject. Its counters share a gate, because a request takes of all of them at once.</summary>
internal sealed class SubjectCounters(LimitSubject subject)
{
    private static long _made;

    private LimitSeries[] _series = [];
    private bool _isGone;

    public LimitSubject Subject => subject;

    /// <summary>Held for a moment by each request; of several, in the order of <see cref="Order"/>.</summary>
    public Lock Gate { get; } = new();

    public long Order { get; } = Interlocked.Increment(ref _made);

    public int Shard { get; } = LeaseTables.ShardOf(subject);

    /// <summary>What is counted of it.</summary>
    public ReadOnlySpan<LimitSeries> Series => Volatile.Read(ref _series);

    /// <summary>Null where the limit is not counted, or not any more.</summary>
    public LimitSeries? Find(LimitModel limit)
    {
        foreach (var series in Series)
        {
            if (series.Is(limit))
                return series;
        }

        return null;
    }

    /// <summary>Begins to count a limit, unless it is counted; null where the subject itself is not kept any more.</summary>
    public LimitSeries? Add(LimitModel limit, KeyCrowd? crowd, out bool isNew)
    {
        lock (Gate)
        {
            isNew = false;
            if (_isGone)
                return null;
            if (Find(limit) is { } known)
                return known;
            isNew = true;
            var made = new LimitSeries(this, limit, crowd);
            Volatile.Write(ref _series, [.. _series, made]);
            return made;
        }
    }

    /// <summary>
    /// Counts a limit no more whose last window has nothing to remember and was not used for a while; null where it goes on, or was removed before. All under the gate, so that no window begins in a series
    /// that is being removed. Where nothing is left to count the subject is to be forgotten.
    /// </summary>
    public LeaseCounter? Retire(LimitSeries series, in LeaseMoment moment, long idleTime, out bool isEmpty)
    {
        lock (Gate)
        {
            isEmpty = false;
            if (Array.IndexOf(_series, series) < 0 || series.Last is not { } last || !last.TryRetire(moment, idleTime))
                return null;
            var left = Array.FindAll(_series, other => other != series);
            Volatile.Write(ref _series, left);
            isEmpty = _isGone = left.Length == 0;
            return last;
        }
    }
}
