using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Routing;

/// <summary>Reads quality from the configured tables: the mean over the tasks the request may be, each by its probability, lowered for hard requests.</summary>
internal sealed class TableQualityEstimator : IQualityEstimator
{
    public float Estimate(LanguageModel model, RequestProfile profile)
    {
        var quality = FromTable(model, profile);
        return QualityByDifficulty.Lowered(quality, Math.Clamp(profile.Difficulty, 0, 1));
    }

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
