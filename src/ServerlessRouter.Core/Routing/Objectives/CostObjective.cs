using ServerlessRouter.Configuration;

namespace ServerlessRouter.Routing.Objectives;

/// <summary>The cheapest first.</summary>
internal sealed class CostObjective : IObjective
{
    public string Name => ObjectiveNames.Cost;

    public CandidateScore Score(in CandidateFigures candidate, in ObjectiveTerms terms) => new(terms.Cheapness(candidate), "good enough; by expected cost");
}
