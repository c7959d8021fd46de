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
