using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using ServerlessRouter.Configuration;

namespace ServerlessRouter.Governance.Leases;

/// <summary>The counters that are in memory, and the list of those that the store does not know all of.</summary>
internal sealed partial class LeaseCounters(LeaseState state, ILogger logger)
{
    private readonly ConcurrentDictionary<LimitSubject, SubjectCounters> _subjects = new();
    private readonly ConcurrentDictionary<string, KeyCrowd> _crowds = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<LeaseCounter> _open = new();
    private readonly long _idleTime = state.Units(state.Options.IdleTime);
    private readonly long _usePeriod = state.Units(state.Options.UsePeriod);
    private int _count;
    private int _isFull;
    private int _fullCrowds;

    public LimitSeries? Find(LimitSubject subject, LimitModel limit) => _subjects.GetValueOrDefault(subject)?.Find(limit);

    /// <summary>The counter of a claim; null where there are so many that a new one is not kept: in all, or, as <paramref name="isCrowded"/> says, of its key.</summary>
    /// <param name="claim">The claim.</param>
    /// <param name="before">The counter of the claim before it: mostly one of the same subject, which is not looked up again then.</param>
    /// <param name="now">Tells the window.</param>
    /// <param name="isCrowded">Its key has too many.</param>
    public LeaseCounter? Get(in Claim claim, LeaseCounter? before, DateTimeOffset now, out bool isCrowded)
    {
        isCrowded = false;
        var subject = before is not null && before.Subject.Subject == claim.Subject ? before.Subject : _subjects.GetValueOrDefault(claim.Subject);
        return (subject?.Find(claim.Limit) ?? Add(claim, out isCrowded))?.At(now);
    }

    /// <summary>Counts what was used without a reservation; nothing where there are too many counters.</summary>
    public void Charge(in Claim claim, in LeaseMoment moment)
    {
        while (Get(claim, before: null, moment.UtcNow, out _) is { } counter)
        {
            lock (counter.Gate)
            {
                if (counter.IsRetired)
                    continue;
                counter.Charge(claim.Limit, claim.Amount, moment);
                List(counter);
                return;
            }
        }
    }

    public LimitStanding Look(LimitSubject subject, LimitModel limit, DateTimeOffset now) => Look(_subjects.GetValueOrDefault(subject), limit, now);

    /// <summary>How the limits of these claims stand, in their order.</summary>
    public void Look(ReadOnlySpan<Claim> claims, Span<LimitStanding> standings, DateTimeOffset now)
    {
        SubjectCounters? subject = null;
        for (var place = 0; place < claims.Length; place++)
        {
            ref readonly var claim = ref claims[place];
            if (subject is null || subject.Subject != claim.Subject)
                subject = _subjects.GetValueOrDefault(claim.Subject);
            standings[place] = Look(subject, claim.Limit, now);
        }
    }

    /// <summary>Sees to it that a counter is looked through at the next turn. Under its gate.</summary>
    public void List(LeaseCounter counter)
    {
        if (counter.TryList())
            _open.Enqueue(counter);
    }

    /// <summary>The store knows all of every counter, as the last turn found them.</summary>
    public bool AreClean => _open.IsEmpty;

    /// <summary>Looks through the open counters: those whose rows are to be written now, and some that may be written with them.</summary>
    public LeaseTurn Review(LeaseMoment moment)
    {
        var turn = new LeaseTurn();
        for (var left = _open.Count; left > 0 && _open.TryDequeue(out var counter); left--)
        {
            var review = counter.Review(moment);
            if (review == LeaseReview.Clean)
                continue;
            _open.Enqueue(counter);
            turn.Add(counter, review);
        }

        if (Volatile.Read(ref _isFull) != 0)
            Forget(moment, _usePeriod);
        else if (Volatile.Read(ref _fullCrowds) != 0)
            Forget(moment, _usePeriod, onlyOfFullCrowds: true);
        return turn;
    }

    /// <summary>Gives away counters that were not used for a while; those of which a row may stay behind.</summary>
    public List<LeaseCounter> Forget(LeaseMoment moment) => Forget(moment, _idleTime);

    private List<LeaseCounter> Forget(LeaseMoment moment, long idleTime, bool onlyOfFullCrowds = false)
    {
        var retired = new List<LeaseCounter>();
        var left = new HashSet<KeyCrowd>();
        foreach (var (name, subject) in _subjects)
        {
            foreach (var series in subject.Series)
            {
                if (onlyOfFullCrowds && series.Crowd is not { IsFull: true })
                    continue;
                if (subject.Retire(series, moment, idleTime, out var isEmpty) is not { } counter)
                    continue;
                if (isEmpty)
                    _subjects.TryRemove(KeyValuePair.Create(name, subject));
                Interlocked.Decrement(ref _count);
                retired.Add(counter);
                if (series.Crowd is not { } crowd)
                    continue;
                crowd.Leave();
                left.Add(crowd);
            }
        }

        foreach (var crowd in left)
            MarkRoom(crowd);
        if (retired.Count > 0 && Interlocked.Exchange(ref _isFull, 0) != 0)
            LogRoom();
        return retired;
    }

    private static LimitStanding Look(SubjectCounters? subject, LimitModel limit, DateTimeOffset now)
    {
        if (subject?.Find(limit)?.Last is { } counter && counter.Span.Contains(now))
        {
            lock (counter.Gate)
                return counter.Look(limit);
        }

        return new LimitStanding(limit.Amount, 0, 0, WindowSpan.Of(limit.Window, now).End);
    }

    private LimitSeries? Add(in Claim claim, out bool isCrowded)
    {
        isCrowded = false;
        var crowd = claim.NamedBy is { } key ? _crowds.GetOrAdd(key, static key => new KeyCrowd(key)) : null;
        if (crowd?.TryEnter(state.Options.MaxCountersOfKey) == false)
        {
            isCrowded = true;
            if (!crowd.MarkFull())
                return null;
            Interlocked.Increment(ref _fullCrowds);
            LogCrowded(crowd.Key, state.Options.MaxCountersOfKey);
            return null;
        }

        if (Interlocked.Increment(ref _count) > state.Options.MaxCounters)
        {
            Interlocked.Decrement(ref _count);
            crowd?.Leave();
            if (Interlocked.Exchange(ref _isFull, 1) == 0)
                LogFull(state.Options.MaxCounters);
            return null;
        }

        // A subject that is just being forgotten is made anew.
        LimitSeries? series;
        bool isNew;
        while ((series = _subjects.GetOrAdd(claim.Subject, static subject => new SubjectCounters(subject)).Add(claim.Limit, crowd, out isNew)) is null)
        {
        }

        if (isNew)
            return series;
        Interlocked.Decrement(ref _count);
        crowd?.Leave();
        return series;
    }

    private void MarkRoom(KeyCrowd crowd)
    {
        // Not with the first that leaves: a crowd that has room is not looked through, and not all of those that rest can leave at the same turn.
        if (crowd.IsAtMost(state.Options.MaxCountersOfKey / 2) && crowd.MarkRoom())
            Interlocked.Decrement(ref _fullCrowds);
        // A subject that comes at this moment counts on in the crowd that is gone, and so does not count here: one too few.
        if (crowd.IsEmpty)
            _crowds.TryRemove(new(crowd.Key, crowd));
    }

    [LoggerMessage(3, LogLevel.Warning, "There are {MaxCounters} counters of limits in use, which is as many as are kept: new subjects pass their limits uncounted, and those with budgets are refused")]
    private partial void LogFull(int maxCounters);

    [LoggerMessage(5, LogLevel.Warning, "The key {Key} names more end users and sessions at once than the {MaxCounters} that are counted for one key: its further ones are refused until others rest")]
    private partial void LogCrowded(string key, int maxCounters);

    [LoggerMessage(4, LogLevel.Information, "There is room for counters of limits again")]
    private partial void LogRoom();
}
