using ServerlessRouter.Classification.Features;
using ServerlessRouter.Domain;

namespace ServerlessRouter.Classification;

/// <summary>Difficulty by a rule of thumb, from the task and the shape of the text: for text unlike any that was graded.</summary>
/// <remarks>
/// Tasks differ by how often a small model of 2024 fails at them while a large one does not: mathematics and logic most, small talk least.
/// Length, numbers, formulas, several constraints and requests to explain or prove add to it, each by a bounded share.
/// </remarks>
internal static class Difficulty
{
    private static readonly (HandcraftedFeature Feature, float Share)[] Shares =
    [
        (HandcraftedFeature.Numbers, 0.08f), (HandcraftedFeature.Backslashes, 0.12f), (HandcraftedFeature.Braces, 0.06f), (HandcraftedFeature.Constraint, 0.06f),
        (HandcraftedFeature.StepByStep, 0.08f), (HandcraftedFeature.Law, 0.06f), (HandcraftedFeature.Negation, 0.04f),
    ];

    /// <summary>In the order of the task kinds.</summary>
    private static ReadOnlySpan<float> OfTask => [0.45f, 0.5f, 0.4f, 0.45f, 0.35f, 0.25f, 0.25f, 0.25f, 0.2f, 0.05f];

    public static float Of(ReadOnlySpan<float> features, ReadOnlySpan<float> probabilities)
    {
        var difficulty = 0f;
        for (var task = 0; task < TaskKinds.Count; task++)
            difficulty += probabilities[task] * OfTask[task];
        difficulty += OfLength(features);
        foreach (var (feature, share) in Shares)
            difficulty += share * features[(int)feature];
        return Math.Clamp(difficulty, 0, 1);
    }

    /// <summary>What each task and feature adds; allocates, and is meant for people.</summary>
    public static List<FeatureContribution> Explain(ReadOnlySpan<float> features, ReadOnlySpan<float> probabilities)
    {
        var parts = new List<FeatureContribution>();
        for (var task = 0; task < TaskKinds.Count; task++)
            parts.Add(new($"task {TaskKinds.WireNames[task]}", probabilities[task], probabilities[task] * OfTask[task]));
        parts.Add(new(nameof(HandcraftedFeature.Length), features[(int)HandcraftedFeature.Length], OfLength(features)));
        foreach (var (feature, share) in Shares)
            parts.Add(new(HandcraftedFeatures.Names[(int)feature], features[(int)feature], share * features[(int)feature]));
        return [.. parts.Where(static part => part.Contribution != 0).OrderByDescending(static part => Math.Abs(part.Contribution))];
    }

    private static float OfLength(ReadOnlySpan<float> features) => 0.15f * (features[(int)HandcraftedFeature.Length] - 0.5f);
}
