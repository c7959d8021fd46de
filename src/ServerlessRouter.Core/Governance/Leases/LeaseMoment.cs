namespace ServerlessRouter.Governance.Leases;

/// <summary>What is the same for all counters at a moment. Periods are in units of the clock's timestamps.</summary>
internal readonly record struct LeaseMoment
{
    public required long Now { get; init; }

    public required DateTimeOffset UtcNow { get; init; }

    public required long UsePeriod { get; init; }

    public required long FlushInterval { get; init; }

    /// <summary>From one turn to the next.</summary>
    public required long RenewInterval { get; init; }

    public required double GrantShare { get; init; }

    /// <summary>No other instance is at the store.</summary>
    public required bool IsAlone { get; init; }

    /// <summary>The last calls to the store failed.</summary>
    public required bool IsStoreDown { get; init; }

    /// <summary>This instance ends: it keeps no grants.</summary>
    public required bool IsLeaving { get; init; }

    /// <summary>The request has waited for the store, and so goes before those that have not.</summary>
    public bool HasWaited { get; init; }

    /// <summary>The request has waited for the store in vain.</summary>
    public bool HasStoreFailed { get; init; }

    /// <summary>The request waits no more.</summary>
    public bool IsLastTry { get; init; }
}
