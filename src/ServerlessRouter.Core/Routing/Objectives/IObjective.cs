using ServerlessRouter.Domain;

namespace ServerlessRouter.Routing.Objectives;

/// <summary>Orders candidates by what the route or the request wants.</summary>
internal interface IObjective
{
    /// <summary>How explanations name it.</summary>
    string Name { get; }

    /// <summary>The task whose quality it orders by, whatever the request; null where it orders by what is expected of the request.</summary>
    TaskKind? Task => null;

    /// <summary>How well a candidate serves it, 0 or more; higher is tried first, equal ones keep the order of configuration.</summary>
    CandidateScore Score(in CandidateFigures candidate, in ObjectiveTerms terms);
}
