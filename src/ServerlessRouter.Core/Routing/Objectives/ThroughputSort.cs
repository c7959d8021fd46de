using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Routing.Objectives;

/// <summary>The request asks for the most tokens per second first. One never measured counts as fast: it is tried, and so measured.</summary>
internal sealed class ThroughputSort : IObjective
{
    public string Name => "sort:" + CandidateSorts.Throughput;

    public CandidateScore Score(in CandidateFigures candidate, in ObjectiveTerms terms) => candidate.TokensPerSecond is { } speed && terms.HighestTokensPerSecond > 0
        ? new(speed / terms.HighestTokensPerSecond, "the request sorts by throughput")
        : new(terms.OfUnmeasured(candidate), "the request sorts by throughput; this one's is not known, so it is tried, the cheaper first");
}
