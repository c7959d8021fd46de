using ServerlessRouter.Configuration;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Routing;

/// <summary>
/// Reads quality from the configured tables: the mean over the tasks the request may be, each by its probability, lowered for hard requests by
/// <c>q · (1 − 0.3 · difficulty · (1 − q))</c>. The stronger a model, the less difficulty costs it; the order of models by quality never changes, and no model
/// loses more than three tenths.
/// </summary>
internal sealed class TableQualityEstimator : IQualityEstimator
{
    /// <summary>Share of its quality the weakest model loses on the hardest request.</summary>
    public const float DifficultyWeight = 0.3f;

    public float Estimate(LanguageModel model, RequestProfile profile)
    {
        var quality = FromTable(model, profile);
        return Lowered(quality, Math.Clamp(profile.Difficulty, 0, 1));
    }

    /// <summary>What is left of a quality on a request of this difficulty, 0..1.</summary>
    public static float Lowered(float quality, float difficulty) => quality * (1 - (DifficultyWeight * difficulty * (1 - quality)));

    public float EstimateAt(LanguageModel model, TaskKind task) => model.LearntQualityByTask[(int)task];

    private static float FromTable(LanguageModel model, RequestProfile profile)
    {
        var probabilities = profile.TaskProbabilities;
        if (probabilities.IsDefaultOrEmpty)
            return model.QualityFor(profile.Task);

        float sum = 0, total = 0;
        for (var task = 0; task < probabilities.Length; task++)
        {
            sum += probabilities[task] * model.QualityByTask[task];
            total += probabilities[task];
        }

        return total > 0 ? sum / total : model.DefaultQuality;
    }
}
