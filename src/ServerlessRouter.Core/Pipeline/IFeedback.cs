using ServerlessRouter.Domain;

namespace ServerlessRouter.Pipeline;

/// <summary>Takes grades of answers that callers got a while ago.</summary>
public interface IFeedback
{
    /// <summary>Grades the answer to a request of this caller, 0 useless to 1 perfect; null when no such request is remembered.</summary>
    FeedbackResult? Grade(string requestId, string? caller, float grade);
}

/// <summary>What a grade led to.</summary>
/// <param name="Model">Who had answered.</param>
/// <param name="Task">What the request was taken for; null when the classifier abstained or was not asked.</param>
/// <param name="Effect">Whether it counted.</param>
/// <param name="Expected">The quality 0..1 that was expected of the model on the request, before correction.</param>
/// <param name="Before">The correction of the model at the task until then.</param>
/// <param name="After">The correction from then on.</param>
public sealed record FeedbackResult(string Model, TaskKind? Task, FeedbackEffect Effect, float Expected, float Before, float After);

/// <summary>Whether a grade counted.</summary>
public enum FeedbackEffect
{
    /// <summary>It moved the correction.</summary>
    Counted,

    /// <summary>The configuration freezes the corrections, or uses none.</summary>
    Frozen,

    /// <summary>The answer was graded before; the first grade stands.</summary>
    GradedBefore,
}
