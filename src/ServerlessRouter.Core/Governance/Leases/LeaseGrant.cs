namespace ServerlessRouter.Governance.Leases;

/// <summary>How much of a limit an instance should be granted, and whether it is time to say so.</summary>
/// <param name="Target">What its row should say.</param>
/// <param name="IsDue">It is time to write.</param>
/// <param name="IsRipe">It will be time before long: where others are written anyhow it is written with them.</param>
internal readonly record struct LeaseGrant(long Target, bool IsDue, bool IsRipe)
{
    /// <summary>
    /// What is used and waited for, and beside it the lesser of a share and of twice the recent use, but one request at least while there are requests. An instance that is alone need leave nothing for others. A
    /// window that is over, and one that is not used, keeps nothing.
    /// </summary>
    public static LeaseGrant Of(in LeaseFigures now, in LeaseMoment moment)
    {
        var need = now.Used + now.Waiting;
        var free = Math.Max(0, now.Ceiling - now.OthersGranted - need);
        var share = moment.IsAlone ? free : Share(free, now.Ceiling, moment.GrantShare);
        var spare = now.Recent == 0 ? 0 : Math.Min(free, Math.Max(Math.Min(now.Recent, share), now.OneRequest));
        var isUnused = now.IsOver || moment.IsLeaving || (now.Recent == 0 && now.Waiting == 0);
        var max = Math.Max(now.Used, now.Ceiling - now.OthersGranted);
        var target = Math.Min(need + spare, max);
        if (isUnused)
            target = now.Used;
        // A grant that is a little large is not worth a write.
        else if (target < now.Granted && now.Granted <= max && (moment.IsAlone || now.Granted - need <= 2 * spare))
            target = now.Granted;
        return new LeaseGrant(target, IsTimeFor(target, now, moment), IsSoonTimeFor(target, now, moment));
    }

    /// <summary>
    /// Of the whole limit while half of it is left, and of what is left in its last quarter; in between it falls from the one to the other. So no grant is ever above that share of the limit, and those that may
    /// stay unused when the end comes are small.
    /// </summary>
    private static long Share(long free, long ceiling, double share) => (long)(share * Math.Min(ceiling, Math.Max(free, (3.0 * free) - (ceiling / 2.0))));

    private static bool IsTimeFor(long target, in LeaseFigures now, in LeaseMoment moment) => now.IsStale
        || (IsUnwritten(now) && (moment.IsLeaving || now.UnwrittenFor >= moment.FlushInterval || now.Settled - now.Stored.Settled >= now.MaxUnwritten))
        || (now.IsOver && !moment.IsLeaving
            ? IsEnded(now)
            : now.Used > now.Granted || target < now.Stored.Granted || (target > now.Granted && now.Granted - now.Used <= LeftAtRenewal(target - now.Used, now)));

    /// <summary>The last request of a window that is over has ended: until then none waits for what could be given back, and each that ends would be a write.</summary>
    private static bool IsEnded(in LeaseFigures now) => now.Used == now.Settled && now.Stored != new LeasePlan(now.Settled, now.Settled);

    private static bool IsSoonTimeFor(long target, in LeaseFigures now, in LeaseMoment moment) =>
        (target > now.Granted && now.Granted - now.Used <= (target - now.Used) * 3 / 4)
        || (IsUnwritten(now) && (now.IsOver || now.UnwrittenFor >= moment.FlushInterval / 2));

    /// <summary>A quarter, because as much as one grant may be lent until the next turn; or too little for one more request like the last.</summary>
    private static long LeftAtRenewal(long full, in LeaseFigures now) => Math.Max(full / 4, Math.Min(full, now.OneRequest) - 1);

    private static bool IsUnwritten(in LeaseFigures now) => now.Settled != now.Stored.Settled;
}

/// <summary>What is known of a counter at a moment.</summary>
internal readonly record struct LeaseFigures
{
    /// <summary>How far the count of all instances may go.</summary>
    public required long Ceiling { get; init; }

    public required long Granted { get; init; }

    public required long Settled { get; init; }

    /// <summary>Settled and set aside.</summary>
    public required long Used { get; init; }

    /// <summary>What requests are waiting for.</summary>
    public required long Waiting { get; init; }

    public required long OthersGranted { get; init; }

    /// <summary>Twice what was used lately; of concurrency, how much more was in use since the last write.</summary>
    public required long Recent { get; init; }

    /// <summary>What the last request took.</summary>
    public required long OneRequest { get; init; }

    public required LeasePlan Stored { get; init; }

    /// <summary>For how long something has been settled that the store does not know.</summary>
    public required long UnwrittenFor { get; init; }

    /// <summary>How much may be settled that the store does not know, however short it is ago.</summary>
    public required long MaxUnwritten { get; init; }

    public required bool IsOver { get; init; }

    /// <summary>A request was refused by what is known, which may be old.</summary>
    public required bool IsStale { get; init; }
}
