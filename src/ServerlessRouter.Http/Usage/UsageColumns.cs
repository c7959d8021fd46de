using ServerlessRouter.Domain;
using ServerlessRouter.Recording.Usage;

namespace ServerlessRouter.Http.Usage;

/// <summary>What is told of each sum, by name, for JSON and CSV alike.</summary>
internal sealed class UsageColumns
{
    /// <summary>Digits of what a sketch tells to within a few percent.</summary>
    private const int Digits = 4;

    private static readonly (string Name, Func<UsageSum, decimal?> Of)[] Counted =
    [
        ("requests", static sum => sum.Tally.Requests),
        ("failures", static sum => sum.Tally.Failures),
        ("attempts", static sum => sum.Tally.Attempts),
        ("estimated_attempts", static sum => sum.Tally.EstimatedAttempts),
        ("fallbacks", static sum => sum.Tally.Fallbacks),
        ("hedges", static sum => sum.Tally.Hedges),
        ("escalations", static sum => sum.Tally.Escalations),
        ("prompt_tokens", static sum => sum.Tally.PromptTokens),
        ("cached_tokens", static sum => sum.Tally.CachedTokens),
        ("cache_write_tokens", static sum => sum.Tally.CacheWriteTokens),
        ("cached_share", static sum => sum.Tally.PromptTokens > 0 ? Math.Round((decimal)sum.Tally.CachedTokens / sum.Tally.PromptTokens, Digits) : 0),
        ("completion_tokens", static sum => sum.Tally.CompletionTokens),
        ("reasoning_tokens", static sum => sum.Tally.ReasoningTokens),
        ("cost", static sum => sum.Tally.CostUsd),
        ("cache_hits", static sum => sum.Tally.CacheHits),
        ("saved_cost", static sum => sum.Tally.SavedUsd),
        ("latency_p50", static sum => Share(sum.Times.Latency, 0.5)),
        ("latency_p95", static sum => Share(sum.Times.Latency, 0.95)),
        ("latency_p99", static sum => Share(sum.Times.Latency, 0.99)),
        ("first_token_p50", static sum => Share(sum.Times.FirstToken, 0.5)),
        ("first_token_p95", static sum => Share(sum.Times.FirstToken, 0.95)),
        ("first_token_p99", static sum => Share(sum.Times.FirstToken, 0.99)),
        ("overhead_p50", static sum => Share(sum.Times.Overhead, 0.5)),
        ("overhead_p95", static sum => Share(sum.Times.Overhead, 0.95)),
        ("overhead_p99", static sum => Share(sum.Times.Overhead, 0.99)),
        ("tokens_per_second_p50", static sum => Share(sum.Times.TokensPerSecond, 0.5)),
    ];

    private static readonly (string Name, UsageGroups Group, Func<UsageDimensions, string?> Of)[] Grouped =
    [
        ("key", UsageGroups.Key, static group => group.Key),
        ("tier", UsageGroups.Tier, static group => group.Tier),
        ("route", UsageGroups.Route, static group => group.Route),
        ("model", UsageGroups.Model, static group => group.Model),
        ("model_asked", UsageGroups.ModelAsked, static group => group.ModelAsked),
        ("deployment", UsageGroups.Deployment, static group => group.Deployment),
        ("provider", UsageGroups.Provider, static group => group.Provider),
        ("task", UsageGroups.Task, static group => group.Task),
        ("arm", UsageGroups.Arm, static _ => null),
    ];

    public UsageColumns(UsageQuery query, ModelPrice? baseline)
    {
        Names = [
            .. Grouped.Where(column => query.Groups.HasFlag(column.Group)).Select(static column => (column.Name, column.Of)),
            .. query.TagNames.Select(static name => (UsageGroupNames.Tag + name, new Func<UsageDimensions, string?>(group => group.TagOf(name)))),
        ];
        HasStatus = query.Groups.HasFlag(UsageGroups.Status);
        Figures = baseline is null
            ? Counted
            : [.. Counted, ("baseline_cost", sum => UsageBaseline.CostUsd(baseline, sum.Tally)), ("saved", sum => UsageBaseline.CostUsd(baseline, sum.Tally) - sum.Tally.CostUsd)];
    }

    /// <summary>Names of what is told apart.</summary>
    public IReadOnlyList<(string Name, Func<UsageDimensions, string?> Of)> Names { get; }

    /// <summary>Whether statuses are told apart, too.</summary>
    public bool HasStatus { get; }

    /// <summary>Figures; null where nothing was observed.</summary>
    public IReadOnlyList<(string Name, Func<UsageSum, decimal?> Of)> Figures { get; }

    private static decimal? Share(LogSketch sketch, double share)
    {
        if (sketch.Quantile(share) is not { } value)
            return null;
        var decimals = Digits - 1 - (int)Math.Floor(Math.Log10(value));
        return Math.Round((decimal)value, Math.Max(0, decimals));
    }
}
