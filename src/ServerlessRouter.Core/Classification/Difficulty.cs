using ServerlessRouter.Classification.Features;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Classification;

/// <summary>Difficulty from the task and the shape of the text.</summary>
/// <remarks>
/// Tasks differ by how often a small model of 2024 fails at them while a large one does not: mathematics and logic most, small talk least.
/// Length, numbers, formulas, several constraints and requests to explain or prove add to it, each by a bounded share.
/// </remarks>
internal static class Difficulty
{
    /// <summary>In the order of the task kinds.</summary>
    private static ReadOnlySpan<float> OfTask => [0.45f, 0.5f, 0.4f, 0.45f, 0.35f, 0.25f, 0.25f, 0.25f, 0.2f, 0.05f];

    public static float Of(ReadOnlySpan<float> features, ReadOnlySpan<float> probabilities)
    {
        var difficulty = 0f;
        for (var task = 0; task < TaskKinds.Count; task++)
            difficulty += probabilities[task] * OfTask[task];
        difficulty += 0.15f * (features[(int)HandcraftedFeature.Length] - 0.5f);
        difficulty += 0.08f * features[(int)HandcraftedFeature.Numbers];
        difficulty += 0.12f * features[(int)HandcraftedFeature.Backslashes];
        difficulty += 0.06f * features[(int)HandcraftedFeature.Braces];
        difficulty += 0.06f * features[(int)HandcraftedFeature.Constraint];
        difficulty += 0.08f * features[(int)HandcraftedFeature.StepByStep];
        difficulty += 0.06f * features[(int)HandcraftedFeature.Law];
        difficulty += 0.04f * features[(int)HandcraftedFeature.Negation];
        return Math.Clamp(difficulty, 0, 1);
    }
}
