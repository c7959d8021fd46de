using ServerlessRouter.Domain;

namespace ServerlessRouter.Pipeline;

/// <summary>What a grade led to.</summary>
/// <param name="Model">Who had answered.</param>
/// <param name="Task">What the request was taken for; null when the classifier abstained or was not asked.</param>
/// <param name="Effect">Whether it counted.</param>
/// <param name="Expected">The quality 0..1 that was expected of the model on the request, before correction.</param>
/// <param name="Before">The correction of the model at the task until then.</param>
/// <param name="After">The correction from then on.</param>
public sealed record FeedbackResult(string Model, TaskKind? Task, FeedbackEffect Effect, float Expected, float Before, float After);
