using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Routing.Objectives;

/// <summary>The request asks for the best quality first.</summary>
internal sealed class ExactoSort : IObjective
{
    public string Name => "sort:" + CandidateSorts.Exacto;

    public CandidateScore Score(in CandidateFigures candidate, in ObjectiveTerms terms) => new(candidate.Quality, "the request sorts by quality");
}
