using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Routing.Objectives;

/// <summary>The request asks for the shortest time to the first token first. One never measured counts as fast: it is tried, and so measured.</summary>
internal sealed class FirstTokenSort : IObjective
{
    public string Name => "sort:" + CandidateSorts.Latency;

    public CandidateScore Score(in CandidateFigures candidate, in ObjectiveTerms terms) => candidate.FirstTokenSeconds is { } seconds
        ? new(1 / (1 + seconds), "the request sorts by time to the first token")
        : new(terms.OfUnmeasured(candidate), "the request sorts by time to the first token; this one's is not known, so it is tried, the cheaper first");
}
