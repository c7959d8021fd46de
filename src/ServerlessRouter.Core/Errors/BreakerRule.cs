namespace ServerlessRouter.Errors;

/// <summary>What a failure tells the deployment's breaker.</summary>
public enum BreakerRule
{
    /// <summary>Says nothing about the deployment.</summary>
    Ignores,

    /// <summary>Counts as a failure in the window.</summary>
    Counts,

    /// <summary>Counts against further side calls alone; while the breaker is not closed, a probe that ends so keeps it open.</summary>
    CountsForSideCalls,

    /// <summary>Opens at once for as long as the vendor asks.</summary>
    OpensForRetryAfter,

    /// <summary>Opens at once and for long: only a person can mend it.</summary>
    OpensLong,
}
