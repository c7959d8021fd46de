using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Routing.Objectives;

/// <summary>The request asks for the most tokens per second first. One that was never measured counts as fast: it is tried, and then it is measured.</summary>
internal sealed class ThroughputSort : IObjective
{
    public string Name => "sort:" + CandidateSorts.Throughput;

    public CandidateScore Score(in CandidateFigures candidate, in ObjectiveTerms terms) => new(candidate.TokensPerSecond is { } speed && terms.HighestTokensPerSecond > 0 ? speed / terms.HighestTokensPerSecond : 1, "the request sorts by throughput");
}
