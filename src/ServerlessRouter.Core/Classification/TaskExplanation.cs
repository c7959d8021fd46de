using ServerlessRouter.Domain;

namespace ServerlessRouter.Classification;

/// <summary>A classification with the reasons for it.</summary>
/// <param name="Classification">What was found.</param>
/// <param name="Probabilities">One for each task kind, in the order of the enum.</param>
/// <param name="Features">Every handcrafted feature the text has, weightiest first.</param>
/// <param name="Words">The words and word pairs that mattered most, weightiest first.</param>
/// <param name="Difficulty">What adds to the difficulty, weightiest first.</param>
public sealed record TaskExplanation(
    TaskClassification Classification,
    IReadOnlyList<float> Probabilities,
    IReadOnlyList<FeatureContribution> Features,
    IReadOnlyList<FeatureContribution> Words,
    IReadOnlyList<FeatureContribution> Difficulty);
