using ServerlessRouter.Domain;

namespace ServerlessRouter.Classification;

/// <summary>What the classifier makes of a text.</summary>
/// <param name="Task">The likeliest task.</param>
/// <param name="Confidence">Its calibrated probability, 0 to 1.</param>
/// <param name="Abstained">The classifier does not know; `Task` is a guess that must not be acted on.</param>
/// <param name="Difficulty">0 (any model answers well) to 1 (strong models fail too).</param>
public readonly record struct TaskClassification(TaskKind Task, float Confidence, bool Abstained, float Difficulty);
