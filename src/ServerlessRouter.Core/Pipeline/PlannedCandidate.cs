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
    LanguageModel Model, float Quality, double CostUsd, double? LatencySeconds, double Score, string Reason, bool IsFallback);
