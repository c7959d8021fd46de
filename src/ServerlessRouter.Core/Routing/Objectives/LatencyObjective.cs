using ServerlessRouter.Configuration;

namespace ServerlessRouter.Routing.Objectives;

/// <summary>The fastest whole answer first.</summary>
internal sealed class LatencyObjective : IObjective
{
    public string Name => ObjectiveNames.Latency;

    public CandidateScore Score(in CandidateFigures candidate, in ObjectiveTerms terms) => candidate.LatencySeconds is not null
        ? new(terms.Speed(candidate), "good enough; by expected latency")
        : terms.HighestLatencySeconds > 0
            ? new(terms.OfUnmeasured(candidate), "good enough; its speed is not known, so it is tried before those whose speed is")
            : new(terms.OfUnmeasured(candidate), "good enough; no speed is known yet, so the cheaper is tried first: small models answer sooner");
}
