namespace ServerlessRouter.Domain;

/// <summary>What one feature of the text added: to the score of the chosen task, beyond what it added to the tasks on average, or to the difficulty.</summary>
/// <param name="Feature">The name of a handcrafted feature, the words in quotation marks, or a task and its part.</param>
/// <param name="Value">Its value in this text.</param>
/// <param name="Contribution">For a task the logarithm of the odds, for difficulty its own unit; negative when it spoke against it.</param>
public sealed record FeatureContribution(string Feature, float Value, float Contribution);
