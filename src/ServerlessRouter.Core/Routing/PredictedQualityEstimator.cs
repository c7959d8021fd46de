using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Routing;

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
