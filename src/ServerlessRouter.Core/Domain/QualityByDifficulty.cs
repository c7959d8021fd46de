namespace ServerlessRouter.Domain;

/// <summary>
/// What difficulty leaves of a model's quality: <c>q · (1 − 0.3 · difficulty · (1 − q))</c>. The stronger a model, the less difficulty costs it; the order of models by quality never changes,
/// and no model loses more than three tenths.
/// </summary>
internal static class QualityByDifficulty
{
    /// <summary>Share of its quality the weakest model loses on the hardest request.</summary>
    public const float Weight = 0.3f;

    /// <summary>What is left of a quality on a request of this difficulty, 0..1.</summary>
    public static float Lowered(float quality, float difficulty) => quality * (1 - (Weight * difficulty * (1 - quality)));
}
