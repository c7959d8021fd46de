namespace ServerlessRouter.Training.Rows;

/// <summary>What the rows of a training file hold.</summary>
public enum TrainingKind
{
    /// <summary>Texts with a label each.</summary>
    Labels,

    /// <summary>Prompts with the quality each model reached.</summary>
    Outcomes,

    /// <summary>Prompts with one answer that was right or wrong.</summary>
    Answers,
}
