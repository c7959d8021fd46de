namespace ServerlessRouter.Governance.Leases;

/// <summary>What a counter says to a claim.</summary>
internal enum LeaseAnswer
{
    Taken,

    /// <summary>The store has to be asked.</summary>
    Ask,
    UsedUp,
    Held,
    Unavailable,

    /// <summary>Its key names more end users and sessions than are counted for one key.</summary>
    Crowded,
}
