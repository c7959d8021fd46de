using ServerlessRouter.Configuration;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Routing.Objectives;
using ServerlessRouter.Routing.Preferences;

namespace ServerlessRouter.Routing;

/// <summary>Works out what to expect of a model for a request: quality, cost and latency.</summary>
internal readonly struct CandidateForecast(RequestContext context, ProviderFilter? filter, IQualityEstimator quality, IDeploymentVitals vitals, TaskKind? preferredTask)
{
    public CandidateFigures Of(LanguageModel model)
    {
        var answerTokens = AnswerLength.Estimate(context, model);
        double? latencySeconds = null, firstTokenSeconds = null, tokensPerSecond = null;
        var (missesPreference, isCallable) = (filter is not null, false);
        foreach (var deployment in model.Deployments)
        {
            if (filter is not null && !filter.Allows(model, deployment))
                continue;
            missesPreference = missesPreference && filter!.MissesPreference(deployment);

            var known = vitals.Of(deployment);
            isCallable |= known.IsCallable;
            if (known.FirstTokenSeconds > 0)
                firstTokenSeconds = Math.Min(known.FirstTokenSeconds, firstTokenSeconds ?? double.MaxValue);
            if (known.TokensPerSecond > 0)
                tokensPerSecond = Math.Max(known.TokensPerSecond, tokensPerSecond ?? 0);
            if (known.FirstTokenSeconds > 0 && known.TokensPerSecond > 0)
                latencySeconds = Math.Min(known.FirstTokenSeconds + (answerTokens / known.TokensPerSecond), latencySeconds ?? double.MaxValue);
        }

        return new CandidateFigures
        {
            Model = model,
            Quality = quality.Estimate(model, context.Profile),
            QualityAtTask = preferredTask is { } task ? quality.EstimateAt(model, task) : 0,
            CostUsd = model.Price.EstimateUsd(context.Profile.PromptTokens, answerTokens),
            LatencySeconds = latencySeconds,
            FirstTokenSeconds = firstTokenSeconds,
            TokensPerSecond = tokensPerSecond,
            IsCallable = isCallable,
            IsDeprioritised = missesPreference,
        };
    }
}
