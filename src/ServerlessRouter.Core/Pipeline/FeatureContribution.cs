namespace ServerlessRouter.Pipeline;

/// <summary>What one feature of the text added to the score of the chosen task, beyond what it added to the tasks on average.</summary>
/// <param name="Feature">The name of a handcrafted feature, or the words in quotation marks.</param>
/// <param name="Value">Its value in this text.</param>
/// <param name="Contribution">What it added, in units of the logarithm of the odds; negative when it spoke against the task.</param>
public sealed record FeatureContribution(string Feature, float Value, float Contribution);
