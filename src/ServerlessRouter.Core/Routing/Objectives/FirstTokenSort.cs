using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Routing.Objectives;

/// <summary>The request asks for the shortest time to the first token first. One never measured counts as fast: it is tried, and so measured.</summary>
internal sealed class FirstTokenSort : IObjective
{
    public string Name => "sort:" + CandidateSorts.Latency;

    public CandidateScore Score(in CandidateFigures candidate, in ObjectiveTerms terms) =>
        new(1 / (1 + (candidate.FirstTokenSeconds ?? 0)), "the request sorts by time to the first token");
}
