namespace ServerlessRouter.Training.Rows;

/// <summary>A prompt and the quality the models reached on it, 0 to 1; a model that was not graded on it is missing. Costs serve evaluation alone.</summary>
internal sealed record OutcomeExample(
    byte[] Prompt, string? Task, IReadOnlyDictionary<string, float> Quality, IReadOnlyDictionary<string, decimal>? CostUsd = null);
