using ServerlessRouter.Configuration;

namespace ServerlessRouter.Routing.Objectives;

/// <summary>The fastest whole answer first.</summary>
internal sealed class LatencyObjective : IObjective
{
    public string Name => ObjectiveNames.Latency;

    public CandidateScore Score(in CandidateFigures candidate, in ObjectiveTerms terms) => new(terms.Speed(candidate), "good enough; by expected latency");
}
