namespace ServerlessRouter.Governance.Leases;

/// <summary>What the writer of a shard knows of a counter's two rows; a row it has not read is taken for one that is not there.</summary>
internal sealed class LeaseRows
{
    public LeaseRow Total { get; set; }

    public LeaseRow Part { get; set; }

    /// <summary>The total was read or written then, by the clock's timestamps.</summary>
    public long ReadAt { get; set; }

    /// <summary>Another may have written the total.</summary>
    public bool MustReadTotal { get; set; }

    /// <summary>It is not known what became of a write.</summary>
    public bool MustReadPart { get; set; }

    /// <summary>A write of unknown fate may yet arrive: the next one, even if it says nothing new, sees to it that it fails.</summary>
    public bool MustWrite { get; set; }
}

/// <summary>What the row of an instance says, or should.</summary>
internal readonly record struct LeasePlan(long Granted, long Settled);

/// <summary>What a turn has to do about a counter.</summary>
internal enum LeaseReview
{
    /// <summary>Its rows are to be written.</summary>
    Due,

    /// <summary>Its rows are to be written before long, or with others.</summary>
    Ripe,

    /// <summary>Nothing yet, but it holds something.</summary>
    Open,

    /// <summary>The store knows all of it.</summary>
    Clean,
}
