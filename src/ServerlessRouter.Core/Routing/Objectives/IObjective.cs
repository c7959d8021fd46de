using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;

namespace ServerlessRouter.Routing.Objectives;

/// <summary>Orders candidates by what the route or the request wants.</summary>
internal interface IObjective
{
    /// <summary>How explanations name it.</summary>
    string Name { get; }

    /// <summary>The task whose quality it orders by, whatever the request; null where it orders by what is expected of the request.</summary>
    TaskKind? Task => null;

    /// <summary>How well a candidate serves it, 0 or more; higher is tried first, equal ones keep the order of configuration.</summary>
    CandidateScore Score(in CandidateFigures candidate, in ObjectiveTerms terms);
}

/// <summary>What a score is relative to.</summary>
/// <param name="Objective">The route's configured objective.</param>
/// <param name="HighestCostUsd">Of the candidates compared.</param>
/// <param name="HighestLatencySeconds">Of the candidates compared, as far as known.</param>
/// <param name="HighestTokensPerSecond">Of the candidates compared, as far as known.</param>
internal readonly record struct ObjectiveTerms(ObjectiveModel Objective, double HighestCostUsd, double HighestLatencySeconds, double HighestTokensPerSecond)
{
    /// <summary>What price says of a speed that was never measured: enough for an order, too little to be read as a figure.</summary>
    private const double ShareOfPrice = 0.001;

    /// <summary>1 for a candidate that costs nothing, 0 for the dearest.</summary>
    public double Cheapness(in CandidateFigures candidate) => HighestCostUsd > 0 ? 1 - (candidate.CostUsd / HighestCostUsd) : 1;

    /// <summary>Near 1 for a fast candidate, 0 for the slowest. One that was never measured counts as fast: it is tried, and then it is measured.</summary>
    public double Speed(in CandidateFigures candidate) =>
        candidate.LatencySeconds is { } seconds && HighestLatencySeconds > 0 ? 1 - (seconds / HighestLatencySeconds) : 1;

    /// <summary>Above all that were measured; among those that were not, the cheaper first.</summary>
    public double OfUnmeasured(in CandidateFigures candidate) => 1 + (Cheapness(candidate) * ShareOfPrice);
}

/// <summary>What a pool of candidates is ordered by.</summary>
/// <param name="Objective">The policy.</param>
/// <param name="Configured">The weights the route states for it.</param>
/// <param name="Floor">Expected quality 0..1 below which a candidate comes after the others.</param>
internal readonly record struct PoolOrder(IObjective Objective, ObjectiveModel Configured, double Floor);
