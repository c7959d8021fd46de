using ServerlessRouter.Configuration;

namespace ServerlessRouter.Routing.Objectives;

/// <summary>The best first.</summary>
internal sealed class QualityObjective : IObjective
{
    public string Name => ObjectiveNames.Quality;

    public CandidateScore Score(in CandidateFigures candidate, in ObjectiveTerms terms) => new(candidate.Quality, "by expected quality");
}
