namespace ServerlessRouter.Classification.Models;

/// <summary>The likeliest label by its number, its probability, and whether the model would rather not say.</summary>
internal readonly record struct LabelDecision(int Label, float Confidence, bool Abstained);
