using ServerlessRouter.Configuration;

namespace ServerlessRouter.Governance.Leases;

/// <summary>
/// One limit of one subject in one window, as this instance counts it. What it was granted it hands out by itself; what the others hold it knows from its last look at the store.
/// </summary>
/// <remarks>
/// Requests call <see cref="Take"/>, <see cref="Undo"/> and <see cref="Settle"/>; the shard's writer, one at a time, calls <see cref="Plan"/>, <see cref="Found"/> and <see cref="Written"/>.
/// <see cref="LeaseGrant"/> decides how much is asked for. Figures go up when a write is confirmed and down before it is sent, so whatever became of a write, no more is handed out than is granted.
/// </remarks>
internal sealed class LeaseCounter(LimitSeries series, WindowSpan span)
{
    private static long _made;

    private LimitModel _limit = null!;
    private RecentUse _recent;
    private long _granted;
    private long _settled;
    private long _reserved;
    private long _peak;
    private long _waiting;
    private long _waitingCeiling;
    private long _lastAmount = 1;
    private long _lastUsedAt;
    private long _unwrittenSince;
    private long _knownAt;
    private bool _isKnown;
    private bool _isStale;
    private bool _isListed;
    private long _othersGranted;
    private long _othersSettled;
    private LeasePlan _stored;

    /// <summary>The gate of its subject.</summary>
    public Lock Gate => series.Subject.Gate;

    /// <summary>No other counter of this instance has it.</summary>
    public long Number { get; } = Interlocked.Increment(ref _made);

    public SubjectCounters Subject => series.Subject;

    public WindowSpan Span => span;

    /// <summary>The row of its window.</summary>
    public string Key => series.KeyOf(span);

    /// <summary>It is in memory no more; a request that still has it looks for its successor. Under the gate.</summary>
    public bool IsRetired { get; private set; }

    /// <summary>What the writer knows of the rows.</summary>
    public LeaseRows Rows { get; } = new();

    /// <summary>Begins a window behind one that was counted here: it is new to all instances, or the first write finds otherwise.</summary>
    public void Follow(LeaseCounter before)
    {
        lock (before.Gate)
        {
            (_recent, _limit, _lastAmount, _lastUsedAt) = (before._recent, before._limit, before._lastAmount, before._lastUsedAt);
            // Instances that used the last window are likely to have been there first.
            Rows.MustReadTotal = before._othersSettled > 0 || before.OthersHold;
        }

        _isKnown = true;
    }

    /// <summary>Sets aside what a claim asks for, if that can be. Under the gate.</summary>
    public LeaseAnswer Take(in Claim claim, in LeaseMoment moment, out long taken)
    {
        (_limit, taken) = (claim.Limit, 0);
        var (wanted, isCut) = (Math.Max(1, claim.Amount), claim.Limit.Measure is LimitMeasure.Tokens or LimitMeasure.Money);
        var isDown = moment.IsStoreDown || moment.HasStoreFailed;
        if (moment.IsStoreDown && claim.Limit.OnStoreFailure == StoreFailureRule.Closed)
            return LeaseAnswer.Unavailable;
        var used = _settled + _reserved;
        var room = _isKnown ? Math.Min(_granted + (isDown || MustBeGranted(claim) ? 0 : Lendable(claim.Ceiling, wanted, moment)), claim.Ceiling - _othersGranted) - used - (moment.HasWaited ? 0 : _waiting) : 0;
        if (wanted <= room)
            return Reserve(taken = claim.Amount, moment);
        // What others have settled stays so; what they only hold may have come back since the last look.
        var isOld = OthersHold && moment.Now - _knownAt > moment.RenewInterval;
        var (isUsedUp, hasMore) = (IsUsedUp(claim.Ceiling, isCut ? 1 : wanted), !_isKnown || isOld || claim.Ceiling - _othersGranted - Math.Max(used, _granted) > 0);
        if (hasMore && !isUsedUp && !isDown && !moment.IsLastTry)
            return LeaseAnswer.Ask;
        if (isCut && room > 0)
            return Reserve(taken = room, moment);
        if (isUsedUp)
            return Refuse(LeaseAnswer.UsedUp, moment);
        if (!isDown)
            return Refuse(LeaseAnswer.Held, moment);
        return claim.Limit.PassesUncounted() ? Reserve(taken = claim.Amount, moment) : Refuse(LeaseAnswer.Unavailable, moment);
    }

    /// <summary>Takes back what <see cref="Take"/> did for a request that got not all of what it asked for. Under the gate.</summary>
    public void Undo(long taken, in LeaseMoment moment)
    {
        _reserved -= taken;
        _recent.Add(-taken, moment.Now, moment.UsePeriod);
    }

    /// <summary>A request waits for the store on account of this claim.</summary>
    public void Wait(in Claim claim)
    {
        lock (Gate)
        {
            _waiting += Math.Max(1, claim.Amount);
            _waitingCeiling = Math.Max(_waitingCeiling, claim.Ceiling);
        }
    }

    public void Unwait(in Claim claim)
    {
        lock (Gate)
        {
            _waiting -= Math.Max(1, claim.Amount);
            if (_waiting == 0)
                _waitingCeiling = 0;
        }
    }

    /// <summary>Puts what was used in the place of what was set aside. Under the gate.</summary>
    public void Settle(long taken, long used, long now)
    {
        _reserved -= taken;
        Use(used, now);
    }

    /// <summary>Counts what was used without having been set aside. Under the gate.</summary>
    public void Charge(LimitModel limit, long used, in LeaseMoment moment)
    {
        _limit = limit;
        _recent.Add(used, moment.Now, moment.UsePeriod);
        Use(used, moment.Now);
    }

    /// <summary>How the limit stands. Under the gate.</summary>
    public LimitStanding Look(LimitModel limit) => new(limit.Amount, _othersSettled + _settled, Math.Max(0, _othersGranted - _othersSettled) + _reserved, span.End);

    /// <summary>Others had grants that they may have given back since the last look.</summary>
    public bool OthersHold => _othersGranted > _othersSettled;

    /// <summary>What the store has yet to hear of, where this is what it has of this instance. Under the gate.</summary>
    public long UnwrittenBeside(in LeaseRow part) => part.ETag is null ? _settled - _stored.Settled : Math.Max(0, _settled - part.Settled);

    /// <summary>Granted to this instance by the store and set aside for no request. Under the gate.</summary>
    public long Spare => Math.Max(0, _stored.Granted - Math.Max(_settled, _stored.Settled) - _reserved);

    /// <summary>Puts it on the list of those to be looked through; false when it is there. Under the gate.</summary>
    public bool TryList() => !_isListed && (_isListed = true);

    /// <summary>What the next turn has to do.</summary>
    public LeaseReview Review(in LeaseMoment moment)
    {
        lock (Gate)
        {
            var grant = Grant(moment);
            // What was in use at once is told from turn to turn.
            _peak = _reserved;
            if (Rows.MustReadPart || Rows.MustWrite || grant.IsDue)
                return LeaseReview.Due;
            if (grant.IsRipe)
                return LeaseReview.Ripe;
            if (_reserved > 0 || _settled != _stored.Settled || _granted != _settled || _stored.Granted != _granted)
                return LeaseReview.Open;
            _isListed = false;
            return LeaseReview.Clean;
        }
    }

    /// <summary>Retires a counter that has nothing to remember and was not used for a while; false for any other.</summary>
    public bool TryRetire(in LeaseMoment moment, long idleTime)
    {
        lock (Gate)
            return IsRetired = !_isListed && _waiting == 0 && (span.IsOver(moment.UtcNow) || moment.Now - _lastUsedAt > idleTime);
    }

    /// <summary>What the rows should say next; a grant that is lowered counts no more from now on. Null where they say it.</summary>
    public LeasePlan? Plan(in LeaseMoment moment)
    {
        lock (Gate)
        {
            var granted = Grant(moment).Target;
            _granted = Math.Min(_granted, granted);
            var plan = new LeasePlan(granted, _settled);
            if (plan != _stored || Rows.MustWrite)
                return plan;
            _granted = granted;
            return null;
        }
    }

    /// <summary>The rows were read.</summary>
    public void Found(in LeaseRow total, in LeaseRow part, long now)
    {
        lock (Gate)
        {
            // Its row is gone, with figures that the total still holds.
            if (part.ETag is null)
                _settled = Math.Max(0, _settled - _stored.Settled);
            _stored = new LeasePlan(part.Granted, part.Settled);
            _granted = Math.Min(_granted, part.Granted);
            Others(total, now);
        }
    }

    /// <summary>The rows say what was planned.</summary>
    public void Written(LeasePlan plan, in LeaseRow total, in LeaseMoment moment)
    {
        lock (Gate)
        {
            (_stored, _granted) = (plan, plan.Granted);
            _unwrittenSince = _settled == plan.Settled ? 0 : moment.Now;
            Others(total, moment.Now);
        }
    }

    private void Others(in LeaseRow total, long now)
    {
        _othersGranted = Math.Max(0, total.Granted - _stored.Granted);
        _othersSettled = Math.Max(0, total.Settled - _stored.Settled);
        (_isKnown, _isStale, _knownAt) = (true, false, now);
    }

    private void Use(long used, long now)
    {
        if (_limit.Measure == LimitMeasure.Concurrency || used <= 0)
            return;
        _settled += used;
        if (_unwrittenSince == 0)
            _unwrittenSince = now;
    }

    private LeaseAnswer Reserve(long amount, in LeaseMoment moment)
    {
        _reserved += amount;
        _peak = Math.Max(_peak, _reserved);
        if (amount > 0)
            _lastAmount = amount;
        _lastUsedAt = moment.Now;
        _recent.Add(amount, moment.Now, moment.UsePeriod);
        return LeaseAnswer.Taken;
    }

    private LeaseAnswer Refuse(LeaseAnswer answer, in LeaseMoment moment)
    {
        // What others gave back meanwhile is looked for at the next turn.
        _isStale = true;
        _lastUsedAt = moment.Now;
        return answer;
    }

    /// <summary>A server of one's own takes so many calls and no more: an instance that has yet to learn that it is not alone must not lend itself what another one is granted.</summary>
    private static bool MustBeGranted(in Claim claim) => claim is { Subject.Kind: SubjectKind.Deployment, Limit.Measure: LimitMeasure.Concurrency };

    /// <summary>What may be handed out before the store has heard of it: as much as one grant, if so much is left.</summary>
    private long Lendable(long ceiling, long wanted, in LeaseMoment moment)
    {
        var left = Math.Max(0, Math.Min(ceiling, _limit.Amount) - _othersGranted - _granted);
        var share = (long)(left * moment.GrantShare);
        return Math.Min(left, moment.IsAlone ? Math.Max(Math.Max(wanted, share), 2 * _recent.Sum(moment.Now, moment.UsePeriod)) : share);
    }

    /// <summary>Too little is left even if everything that is pending came back. A request that was let through is used.</summary>
    private bool IsUsedUp(long ceiling, long needed) =>
        _isKnown && _limit.Measure != LimitMeasure.Concurrency && ceiling - _othersSettled - _settled - (_limit.Measure == LimitMeasure.Requests ? _reserved : 0) < needed;

    private LeaseGrant Grant(in LeaseMoment moment) => LeaseGrant.Of(
        new LeaseFigures
        {
            Ceiling = Math.Max(_limit.Amount, _waitingCeiling),
            Granted = _granted,
            Settled = _settled,
            Used = _settled + _reserved,
            Waiting = _waiting,
            OthersGranted = _othersGranted,
            Recent = _limit.Measure == LimitMeasure.Concurrency && !moment.IsAlone ? Math.Max(0, _peak - _reserved) : 2 * _recent.Sum(moment.Now, moment.UsePeriod),
            OneRequest = _lastAmount,
            Stored = _stored,
            UnwrittenFor = _unwrittenSince == 0 ? 0 : moment.Now - _unwrittenSince,
            // What a crash forgets of a budget is money; so many writes a window are few.
            MaxUnwritten = _limit.Measure == LimitMeasure.Money ? Math.Max(1, (long)(_limit.Amount * moment.GrantShare)) : long.MaxValue,
            IsOver = span.IsOver(moment.UtcNow),
            IsStale = _isStale,
        },
        moment);
}
