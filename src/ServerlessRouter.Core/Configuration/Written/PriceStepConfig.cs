namespace ServerlessRouter.Configuration.Written;

/// <summary>The list price of calls with a long prompt, as written.</summary>
public sealed record PriceStepConfig
{
    [Member("The price is that of calls whose prompt has more tokens than this, cached ones included.", IsRequired = true, Minimum = 1)]
    public int? Tokens { get; init; }

    [Member("USD per million prompt tokens that were not cached.", IsRequired = true, Minimum = 0, Maximum = 1_000_000)]
    public decimal? InputPerMillion { get; init; }

    [Member("USD per million prompt tokens read from the vendor's cache. Default: raised as the price of plain input is.", Minimum = 0, Maximum = 1_000_000)]
    public decimal? CachedInputPerMillion { get; init; }

    [Member("USD per million prompt tokens written to the vendor's cache. Default: raised as the price of plain input is.", Minimum = 0, Maximum = 1_000_000)]
    public decimal? CacheWritePerMillion { get; init; }

    [Member("USD per million prompt tokens written to the vendor's cache for an hour. Default: raised as the price of plain input is.", Minimum = 0, Maximum = 1_000_000)]
    public decimal? HourCacheWritePerMillion { get; init; }

    [Member("USD per million answer tokens, reasoning included.", IsRequired = true, Minimum = 0, Maximum = 1_000_000)]
    public decimal? OutputPerMillion { get; init; }
}
