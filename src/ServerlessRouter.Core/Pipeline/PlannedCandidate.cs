using ServerlessRouter.Configuration;

namespace ServerlessRouter.Pipeline;

/// <summary>A model that may answer, and the figures it was ordered by.</summary>
/// <param name="Model">The model.</param>
/// <param name="Quality">Expected quality 0..1.</param>
/// <param name="CostUsd">Expected cost of the answer in USD.</param>
/// <param name="LatencySeconds">Expected time to the whole answer in seconds; null while unknown.</param>
/// <param name="Score">What the objective ordered by; higher first.</param>
/// <param name="Reason">Why it stands where it stands, for people.</param>
/// <param name="IsFallback">It comes from the fallbacks, not from the objective's choice.</param>
public sealed record PlannedCandidate(
    LanguageModel Model, float Quality, double CostUsd, double? LatencySeconds, double Score, string Reason, bool IsFallback)
{
    /// <summary>The group it was put in; the fallbacks of a route are in none.</summary>
    public CandidateStanding Standing { get; init; }

    /// <summary>What grades of earlier answers added to its quality.</summary>
    public float Correction { get; init; }

    /// <summary>Tokens expected of the answer.</summary>
    public int OutputTokens { get; init; }

    /// <summary>Prompt tokens expected to be read from the vendor's cache, because the model answered the conversation last; its cost is lower by them.</summary>
    public int CachedTokens { get; init; }

    /// <summary>Expected quality 0..1 at the task the caller prefers; 0 where it prefers none.</summary>
    public float QualityAtTask { get; init; }

    /// <summary>Expected seconds to the first token at its fastest deployment; null while unknown.</summary>
    public float? FirstTokenSeconds { get; init; }

    /// <summary>At its fastest deployment; null while unknown.</summary>
    public float? TokensPerSecond { get; init; }

    /// <summary>One of its deployments lets calls through right now.</summary>
    public bool IsCallable { get; init; } = true;
}

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
