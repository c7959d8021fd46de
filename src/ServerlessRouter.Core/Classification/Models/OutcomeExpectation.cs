namespace ServerlessRouter.Classification.Models;

/// <summary>What graded outcomes say of a text beside the quality of each model.</summary>
/// <param name="Confidence">How far the qualities rest on enough grades, 0 to 1.</param>
/// <param name="Difficulty">How likely the typical model of the pool fails, 0 to 1.</param>
internal readonly record struct OutcomeExpectation(float Confidence, float Difficulty);
