using System.Collections.Immutable;
using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Routing.Objectives;
using ServerlessRouter.Routing.Preferences;

namespace ServerlessRouter.Routing;

/// <summary>Works out what to expect of a model for a request: quality, cost and latency.</summary>
internal readonly struct CandidateForecast(RequestContext context, ProviderFilter? filter, PlanningKnowledge knowledge, SessionModel? session, TaskKind? preferredTask)
{
    /// <summary>Answers of a few tokens show no speed, and a model that gives only such must not count as never measured.</summary>
    private const double UsualTokensPerSecond = 60;

    public CandidateFigures Of(LanguageModel model)
    {
        var answerTokens = context.Operation == AttemptOperation.Chat ? AnswerLength.Estimate(context, model, knowledge.Lengths) : 0;
        double? latencySeconds = null;
        float? firstTokenSeconds = null, tokensPerSecond = null;
        var (missesPreference, isCallable) = (filter is not null, false);
        foreach (var deployment in model.Deployments)
        {
            if (filter is not null && !filter.Allows(model, deployment))
                continue;
            missesPreference = missesPreference && filter!.MissesPreference(deployment);

            var known = knowledge.Vitals.Of(deployment);
            isCallable |= known.IsCallable;
            if (known.FirstTokenSeconds > 0)
                firstTokenSeconds = Math.Min((float)known.FirstTokenSeconds, firstTokenSeconds ?? float.MaxValue);
            if (known.TokensPerSecond > 0)
                tokensPerSecond = Math.Max((float)known.TokensPerSecond, tokensPerSecond ?? 0);
            if (known.FirstTokenSeconds > 0)
                latencySeconds = Math.Min(known.FirstTokenSeconds + (answerTokens / (known.TokensPerSecond > 0 ? known.TokensPerSecond : UsualTokensPerSecond)), latencySeconds ?? double.MaxValue);
        }

        // The model that answered the conversation so far is cheaper by what its vendor's cache holds: it is left when another saves more than that.
        var cachedTokens = session is { } last && last.Name == model.Name ? Math.Min(last.CachedTokens, context.Profile.PromptTokens) : 0;
        var uses = context.Router.Corrections != CorrectionMode.Off;
        var expected = knowledge.Quality.Estimate(model, context.Profile);
        var quality = uses ? Math.Clamp(expected + knowledge.Corrections.Of(model, context.Profile), 0, 1) : expected;
        return new CandidateFigures
        {
            Model = model,
            Quality = quality,
            Correction = quality - expected,
            QualityAtTask = preferredTask is { } task ? knowledge.Quality.EstimateAt(model, task) + (uses ? knowledge.Corrections.At(model, task) : 0) : 0,
            OutputTokens = answerTokens,
            CostUsd = PriceOf(model).EstimateUsd(context.Profile.PromptTokens, answerTokens, cachedTokens),
            CachedTokens = cachedTokens,
            LatencySeconds = latencySeconds,
            FirstTokenSeconds = firstTokenSeconds,
            TokensPerSecond = tokensPerSecond,
            IsCallable = isCallable,
            IsDeprioritised = missesPreference,
        };
    }

    private ModelPrice PriceOf(LanguageModel model) => model.Price.Tiers.Count == 0 ? model.Price : model.Price.In(context.Request.ServiceTier) ?? model.Price;
}

/// <summary>Estimates how many tokens an answer will have.</summary>
internal static class AnswerLength
{
    /// <summary>Tokens of an answer when the task is unknown.</summary>
    public const int DefaultTokens = 300;

    private static readonly ImmutableArray<int> TokensByTask = [.. Enum.GetValues<TaskKind>().Select(TypicalTokens)];

    /// <summary>What the model's answers to the task were like, the typical answer while few are known; never more than the request or the model allows.</summary>
    public static int Estimate(RequestContext context, LanguageModel model, IAnswerLengths lengths)
    {
        var typical = context.Profile.Task is { } task ? TokensByTask[(int)task] : DefaultTokens;
        return Math.Min(lengths.Expect(model, context.Profile.Task, typical), Math.Min(context.Request.MaxOutputTokens ?? int.MaxValue, model.MaxOutputTokens ?? int.MaxValue));
    }

    private static int TypicalTokens(TaskKind task) => task switch
    {
        TaskKind.Code => 600,
        TaskKind.Math => 450,
        TaskKind.FactualQa => 150,
        TaskKind.Reasoning => 500,
        TaskKind.Creative => 700,
        TaskKind.Summarization => 250,
        TaskKind.Translation => 300,
        TaskKind.Extraction => 120,
        TaskKind.Classification => 20,
        TaskKind.Chat => 100,
    };
}
