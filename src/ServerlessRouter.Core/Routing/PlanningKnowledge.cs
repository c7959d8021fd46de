using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Routing;

/// <summary>What planning goes by beside the request and the configuration.</summary>
/// <param name="Quality">How well a model would answer.</param>
/// <param name="Corrections">What grades have taught beyond that.</param>
/// <param name="Lengths">How long its answer would be.</param>
/// <param name="Sessions">Who answered the conversation last.</param>
/// <param name="Budgets">What callers have left.</param>
/// <param name="Vitals">How fast its deployments are.</param>
internal sealed record PlanningKnowledge(IQualityEstimator Quality, IQualityCorrections Corrections, IAnswerLengths Lengths, ISessionModels Sessions, IBudgetStandings Budgets, IDeploymentVitals Vitals);
