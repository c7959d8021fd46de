namespace ServerlessRouter.Training.Rows;

/// <summary>The difficulty of a text as learnt, and by the rule of thumb.</summary>
internal readonly record struct DifficultyAnswer(float Learnt, float RuleOfThumb);
