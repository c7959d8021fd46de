using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Routing.Objectives;

/// <summary>The request asks for the most tokens per second first. One never measured counts as fast: it is tried, and so measured.</summary>
internal sealed class ThroughputSort : IObjective
{
    public string Name => "sort:" + CandidateSorts.Throughput;

    public CandidateScore Score(in CandidateFigures candidate, in ObjectiveTerms terms)
    {
        var share = candidate.TokensPerSecond is { } speed && terms.HighestTokensPerSecond > 0 ? speed / terms.HighestTokensPerSecond : 1;
        return new(share, "the request sorts by throughput");
    }
}
