using ServerlessRouter.Domain;

namespace ServerlessRouter.Recording.Usage;

/// <summary>What is counted and added up; money is USD.</summary>
public readonly record struct UsageTally
{
    public long Requests { get; init; }

    /// <summary>Those of <see cref="Requests"/> that ended with an error.</summary>
    public long Failures { get; init; }

    /// <summary>Calls to deployments, questions about requests included.</summary>
    public long Attempts { get; init; }

    /// <summary>Those of <see cref="Attempts"/> whose vendor reported no usage, so that tokens and cost are the router's estimate.</summary>
    public long EstimatedAttempts { get; init; }

    public long PromptTokens { get; init; }

    /// <summary>Those of <see cref="PromptTokens"/> that came from the vendor's cache.</summary>
    public long CachedTokens { get; init; }

    /// <summary>Those of <see cref="PromptTokens"/> that were written to the vendor's cache.</summary>
    public long CacheWriteTokens { get; init; }

    /// <summary>Those of <see cref="CacheWriteTokens"/> that the vendor keeps for an hour.</summary>
    public long HourCacheWriteTokens { get; init; }

    public long CompletionTokens { get; init; }

    /// <summary>Those of <see cref="CompletionTokens"/> that were spent on thinking.</summary>
    public long ReasoningTokens { get; init; }

    /// <summary>Those of <see cref="Attempts"/> that were made because another could not answer.</summary>
    public long Fallbacks { get; init; }

    /// <summary>Those of <see cref="Attempts"/> that were made beside a slow one.</summary>
    public long Hedges { get; init; }

    /// <summary>Those of <see cref="Attempts"/> that were made because a cascade rejected the answer before.</summary>
    public long Escalations { get; init; }

    /// <summary>Those of <see cref="Attempts"/> that failed, and for which their deployment is to blame: what its breaker heard of.</summary>
    public long FailedAttempts { get; init; }

    public decimal CostUsd { get; init; }

    /// <summary>Those of <see cref="Requests"/> that were answered from the cache.</summary>
    public long CacheHits { get; init; }

    /// <summary>What those had cost when they were answered first.</summary>
    public decimal SavedUsd { get; init; }

    public static UsageTally operator +(in UsageTally left, in UsageTally right) => new()
    {
        Requests = left.Requests + right.Requests,
        Failures = left.Failures + right.Failures,
        Attempts = left.Attempts + right.Attempts,
        EstimatedAttempts = left.EstimatedAttempts + right.EstimatedAttempts,
        PromptTokens = left.PromptTokens + right.PromptTokens,
        CachedTokens = left.CachedTokens + right.CachedTokens,
        CacheWriteTokens = left.CacheWriteTokens + right.CacheWriteTokens,
        HourCacheWriteTokens = left.HourCacheWriteTokens + right.HourCacheWriteTokens,
        CompletionTokens = left.CompletionTokens + right.CompletionTokens,
        Fallbacks = left.Fallbacks + right.Fallbacks,
        Hedges = left.Hedges + right.Hedges,
        Escalations = left.Escalations + right.Escalations,
        FailedAttempts = left.FailedAttempts + right.FailedAttempts,
        ReasoningTokens = left.ReasoningTokens + right.ReasoningTokens,
        CostUsd = Sums.Usd(left.CostUsd, right.CostUsd),
        CacheHits = left.CacheHits + right.CacheHits,
        SavedUsd = Sums.Usd(left.SavedUsd, right.SavedUsd),
    };

    public static UsageTally operator -(in UsageTally left, in UsageTally right) => new()
    {
        Requests = left.Requests - right.Requests,
        Failures = left.Failures - right.Failures,
        Attempts = left.Attempts - right.Attempts,
        EstimatedAttempts = left.EstimatedAttempts - right.EstimatedAttempts,
        PromptTokens = left.PromptTokens - right.PromptTokens,
        CachedTokens = left.CachedTokens - right.CachedTokens,
        CacheWriteTokens = left.CacheWriteTokens - right.CacheWriteTokens,
        HourCacheWriteTokens = left.HourCacheWriteTokens - right.HourCacheWriteTokens,
        CompletionTokens = left.CompletionTokens - right.CompletionTokens,
        Fallbacks = left.Fallbacks - right.Fallbacks,
        Hedges = left.Hedges - right.Hedges,
        Escalations = left.Escalations - right.Escalations,
        FailedAttempts = left.FailedAttempts - right.FailedAttempts,
        ReasoningTokens = left.ReasoningTokens - right.ReasoningTokens,
        CostUsd = Sums.Usd(left.CostUsd, -right.CostUsd),
        CacheHits = left.CacheHits - right.CacheHits,
        SavedUsd = Sums.Usd(left.SavedUsd, -right.SavedUsd),
    };

    /// <summary>The sum of two tallies.</summary>
    public static UsageTally Add(in UsageTally left, in UsageTally right) => left + right;

    /// <summary>What the first has and the second has not.</summary>
    public static UsageTally Subtract(in UsageTally left, in UsageTally right) => left - right;
}
