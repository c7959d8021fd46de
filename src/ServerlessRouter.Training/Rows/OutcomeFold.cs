namespace ServerlessRouter.Training.Rows;

/// <summary>Prompts an outcome model had not seen, the qualities it foresaw, one for each model in order, their difficulty, and the rows it was trained on, from which the baselines learn.</summary>
internal sealed record OutcomeFold(
    IReadOnlyList<OutcomeExample> Training, IReadOnlyList<OutcomeExample> Test, IReadOnlyList<float[]> Answers, IReadOnlyList<DifficultyAnswer> Difficulty);

/// <summary>The difficulty of a text as learnt, and by the rule of thumb.</summary>
internal readonly record struct DifficultyAnswer(float Learnt, float RuleOfThumb);
