using ServerlessRouter.Domain;

namespace ServerlessRouter.Routing.Objectives;

/// <summary>The caller says what kind of answer it wants: the best at that first, whatever the request was taken for.</summary>
internal sealed class TaskQualityObjective(string preference, TaskKind task) : IObjective
{
    private readonly string _reason = $"the caller prefers {preference}; by expected quality at {task.ToWireName()}";

    public string Name => "prefer:" + preference;

    public TaskKind? Task => task;

    public CandidateScore Score(in CandidateFigures candidate, in ObjectiveTerms terms) => new(candidate.QualityAtTask, _reason);
}
