using ServerlessRouter.Domain;

namespace ServerlessRouter.Lessons;

/// <summary>What must be remembered of an answer so that it can be graded.</summary>
/// <param name="RequestId">As the caller was told.</param>
/// <param name="Caller">Who asked; null without keys.</param>
/// <param name="Model">Who answered.</param>
/// <param name="Corrections">The corrections of that model.</param>
/// <param name="Task">What the request was taken for.</param>
/// <param name="Expected">Quality 0..1 that was expected, before correction.</param>
internal readonly record struct RecentAnswer(string RequestId, string? Caller, string Model, TaskFigures Corrections, TaskKind? Task, float Expected)
{
    public bool IsGraded { get; init; }
}
