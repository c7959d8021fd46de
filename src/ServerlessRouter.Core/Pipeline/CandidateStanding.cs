namespace ServerlessRouter.Pipeline;

/// <summary>The group a candidate was put in before the objective ordered the groups inside; earlier groups are tried first.</summary>
public enum CandidateStanding
{
    /// <summary>Good enough, and as fast as the request prefers.</summary>
    Eligible,

    /// <summary>Below the quality floor.</summary>
    BelowFloor,

    /// <summary>Good enough, but slower than the request prefers.</summary>
    Unpreferred,

    /// <summary>Below the quality floor, and slower than the request prefers.</summary>
    BelowFloorAndUnpreferred,

    /// <summary>Its window may be too small for the prompt.</summary>
    Cramped,
}
