using ServerlessRouter.Configuration;
using ServerlessRouter.Governance;
using ServerlessRouter.Governance.Enforcement;

namespace ServerlessRouter.Testing.Governance;

/// <summary>Counts in memory, for one instance.</summary>
public sealed class MemoryLedger(TimeProvider time) : ILimitLedger
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(LimitSubject, string, DateTimeOffset?), Count> _counts = [];

    /// <summary>What every reservation is refused with; null while the store is well.</summary>
    public bool IsStoreDown { get; set; }

    /// <summary>Claims of each call that was let through.</summary>
    public List<Claim[]> Reserved { get; } = [];

    public ValueTask<ClaimOutcome> ReserveAsync(IReadOnlyList<Claim> claims, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            LimitRefusal? refusal = null;
            foreach (var claim in claims)
            {
                var standing = Look(claim.Subject, claim.Limit);
                if (IsStoreDown)
                    return new(new ClaimOutcome(null, new LimitRefusal(claim, LimitRefusalReason.StoreUnavailable, standing)));
                var left = claim.Ceiling - standing.Used - standing.Pending;
                if (left > 0)
                    continue;
                var reason = claim.Limit.Measure != LimitMeasure.Concurrency && standing.Used >= claim.Ceiling ? LimitRefusalReason.UsedUp : LimitRefusalReason.HeldByOthers;
                if (refusal is null || standing.ResetsAt > refusal.Standing.ResetsAt)
                    refusal = new LimitRefusal(claim, reason, standing);
            }

            if (refusal is not null)
                return new(new ClaimOutcome(null, refusal));
            var held = new List<(Count, long)>();
            foreach (var claim in claims)
            {
                var count = CountOf(claim.Subject, claim.Limit);
                var amount = Math.Min(claim.Amount, claim.Ceiling - count.Used - count.Pending);
                count.Pending += amount;
                held.Add((count, amount));
            }

            Reserved.Add([.. claims]);
            return new(new ClaimOutcome(new Reservation(_lock, held), null));
        }
    }

    public void Charge(IReadOnlyList<Claim> used)
    {
        lock (_lock)
        {
            foreach (var claim in used)
                CountOf(claim.Subject, claim.Limit).Used += claim.Amount;
        }
    }

    public LimitStanding Look(LimitSubject subject, LimitModel limit)
    {
        lock (_lock)
        {
            var count = CountOf(subject, limit);
            return new LimitStanding(limit.Amount, count.Used, count.Pending, EndOf(limit.Window));
        }
    }

    /// <summary>Tells how the limits of a new ledger stand.</summary>
    public static LimitReader Reader(TimeProvider time)
    {
        var ledger = new MemoryLedger(time);
        return new LimitReader(ledger, ledger.ReadAsync, time);
    }

    /// <summary>What a store would say.</summary>
    public ValueTask<LimitStanding> ReadAsync(LimitSubject subject, LimitModel limit, CancellationToken cancellationToken) => new(Look(subject, limit));

    private Count CountOf(LimitSubject subject, LimitModel limit)
    {
        var key = (subject, limit.Name, EndOf(limit.Window));
        if (!_counts.TryGetValue(key, out var count))
            _counts[key] = count = new Count(limit.Measure == LimitMeasure.Concurrency);
        return count;
    }

    private DateTimeOffset? EndOf(LimitWindow window)
    {
        var now = time.GetUtcNow();
        var day = new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero);
        return window switch
        {
            LimitWindow.Minute => day.AddMinutes(Math.Floor((now - day).TotalMinutes) + 1),
            LimitWindow.Hour => day.AddHours(now.Hour + 1),
            LimitWindow.Day => day.AddDays(1),
            LimitWindow.Week => day.AddDays(7 - (((int)now.DayOfWeek + 6) % 7)),
            LimitWindow.Month => day.AddDays(1 - now.Day).AddMonths(1),
            _ => null,
        };
    }

    private sealed class Count(bool isGivenBack)
    {
        public bool IsGivenBack => isGivenBack;

        public long Used { get; set; }

        public long Pending { get; set; }
    }

    private sealed class Reservation(Lock guard, List<(Count Count, long Amount)> held) : ILimitReservation
    {
        private bool _isSettled;

        public void Settle(ReadOnlySpan<long> used)
        {
            lock (guard)
            {
                if (_isSettled)
                    return;
                _isSettled = true;
                for (var place = 0; place < held.Count; place++)
                {
                    held[place].Count.Pending -= held[place].Amount;
                    if (!held[place].Count.IsGivenBack)
                        held[place].Count.Used += used[place];
                }
            }
        }
    }
}
