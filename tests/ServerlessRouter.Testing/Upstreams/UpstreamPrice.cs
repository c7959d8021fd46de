namespace ServerlessRouter.Testing.Upstreams;

/// <summary>What the fake charges, in USD per million tokens.</summary>
public sealed record UpstreamPrice(decimal InputPerMillion, decimal OutputPerMillion)
{
    public static readonly UpstreamPrice Default = new(1.00m, 4.00m);

    public decimal CachedInputPerMillion { get; init; } = InputPerMillion / 2;

    public decimal CacheWritePerMillion { get; init; } = InputPerMillion * 1.25m;

    public decimal CostUsd(UpstreamUsage usage)
    {
        var fullPriceTokens = usage.PromptTokens - usage.CachedTokens - usage.CacheWriteTokens;
        return usage.ReportedCostUsd
            ?? ((fullPriceTokens * InputPerMillion)
                + (usage.CachedTokens * CachedInputPerMillion)
                + (usage.CacheWriteTokens * CacheWritePerMillion)
                + (usage.CompletionTokens * OutputPerMillion)) / 1_000_000m;
    }
}
