using ServerlessRouter.Domain;

namespace ServerlessRouter.Recording.Usage;

/// <summary>What usage would have cost with another model.</summary>
public static class UsageBaseline
{
    private const decimal Million = 1_000_000m;

    /// <summary>The same tokens and calls at a model's list price, in USD. The steps of longer prompts play no part: sums do not tell how long each was.</summary>
    public static decimal CostUsd(ModelPrice price, in UsageTally tally)
    {
        ArgumentNullException.ThrowIfNull(price);
        var plain = Math.Max(0, tally.PromptTokens - tally.CachedTokens - tally.CacheWriteTokens);
        var briefly = Math.Max(0, tally.CacheWriteTokens - tally.HourCacheWriteTokens);
        var perMillion = (plain * price.InputPerMillion) + (tally.CachedTokens * price.CachedInputPerMillion) + (briefly * price.CacheWritePerMillion)
            + (tally.HourCacheWriteTokens * price.HourCacheWritePerMillion) + (tally.CompletionTokens * price.OutputPerMillion);
        return Sums.Bounded((perMillion / Million) + (tally.Attempts * price.PerRequest));
    }
}
