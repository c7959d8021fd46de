using ServerlessRouter.Configuration;

namespace ServerlessRouter.Routing.Objectives;

/// <summary>The highest weighted mean of quality, cheapness and speed first; cost and latency count relative to the dearest and slowest candidate.</summary>
internal sealed class WeightedObjective : IObjective
{
    public string Name => ObjectiveNames.Weighted;

    public CandidateScore Score(in CandidateFigures candidate, in ObjectiveTerms terms)
    {
        var weights = terms.Objective;
        var sum = weights.QualityWeight + weights.CostWeight + weights.LatencyWeight;
        var weighed = (weights.QualityWeight * candidate.Quality)
            + (weights.CostWeight * terms.Cheapness(candidate))
            + (weights.LatencyWeight * terms.Speed(candidate));
        return new(sum > 0 ? weighed / sum : 0, "by the weights of quality, cost and latency");
    }
}
