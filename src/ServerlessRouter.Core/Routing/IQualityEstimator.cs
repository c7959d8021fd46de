using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Routing;

/// <summary>Predicts how well a model would answer a request.</summary>
public interface IQualityEstimator
{
    /// <summary>Expected quality 0..1; called for every candidate of every request, so it must not wait or allocate.</summary>
    float Estimate(LanguageModel model, RequestProfile profile);

    /// <summary>Expected quality 0..1 at a task, whatever the request; as often called, so it must not wait or allocate either.</summary>
    float EstimateAt(LanguageModel model, TaskKind task);
}

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

/// <summary>
/// What a team's own outcomes predict, as far as the prediction is trusted on this text; the configured tables have the rest. A model never graded has its table alone, and one
/// whose configuration states no quality has the prediction alone, because a default is no knowledge.
/// </summary>
internal sealed class PredictedQualityEstimator(IQualityEstimator tables) : IQualityEstimator
{
    public float Estimate(LanguageModel model, RequestProfile profile)
    {
        var predictions = profile.PredictedQuality;
        if (predictions.IsDefaultOrEmpty || float.IsNaN(predictions[model.Index]))
            return tables.Estimate(model, profile);
        if (!model.StatesQuality)
            return predictions[model.Index];
        var trust = Math.Clamp(profile.PredictionTrust, 0, 1);
        return (trust * predictions[model.Index]) + ((1 - trust) * tables.Estimate(model, profile));
    }

    public float EstimateAt(LanguageModel model, TaskKind task) => tables.EstimateAt(model, task);
}
