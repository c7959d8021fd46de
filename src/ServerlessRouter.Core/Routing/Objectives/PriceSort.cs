using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Routing.Objectives;

/// <summary>The request asks for the lowest price first.</summary>
internal sealed class PriceSort : IObjective
{
    public string Name => "sort:" + CandidateSorts.Price;

    public CandidateScore Score(in CandidateFigures candidate, in ObjectiveTerms terms) => new(terms.Cheapness(candidate), "the request sorts by price");
}
