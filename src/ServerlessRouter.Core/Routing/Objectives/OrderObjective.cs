using ServerlessRouter.Configuration;

namespace ServerlessRouter.Routing.Objectives;

/// <summary>The order written.</summary>
internal sealed class OrderObjective : IObjective
{
    public string Name => ObjectiveNames.Order;

    public CandidateScore Score(in CandidateFigures candidate, in ObjectiveTerms terms) => new(0, "in the order written");
}
