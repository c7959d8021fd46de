namespace ServerlessRouter.Configuration.Written;

/// <summary>A list price, as written.</summary>
public sealed record PriceConfig
{
    [Member("USD per million prompt tokens that were not cached. Required unless `free`.", Minimum = 0, Maximum = 1_000_000)]
    public decimal? InputPerMillion { get; init; }

    [Member("USD per million prompt tokens read from the vendor's cache. Default: `inputPerMillion`.", Minimum = 0, Maximum = 1_000_000)]
    public decimal? CachedInputPerMillion { get; init; }

    [Member("USD per million prompt tokens written to the vendor's cache. Default: `inputPerMillion`.", Minimum = 0, Maximum = 1_000_000)]
    public decimal? CacheWritePerMillion { get; init; }

    [Member("USD per million prompt tokens written to the vendor's cache for an hour. Default: 1.6 times `cacheWritePerMillion`.", Minimum = 0, Maximum = 1_000_000)]
    public decimal? HourCacheWritePerMillion { get; init; }

    [Member("USD per million answer tokens, reasoning included. Required unless `free` or for embeddings.", Minimum = 0, Maximum = 1_000_000)]
    public decimal? OutputPerMillion { get; init; }

    [Member("USD for each call. Default: 0.", Minimum = 0, Maximum = 1_000_000)]
    public decimal? PerRequest { get; init; }

    [Member("Prices of calls with long prompts, where the vendor bills the whole call by the length of its prompt. Default: none.")]
    public IReadOnlyList<PriceStepConfig?>? Above { get; init; }

    [Member("Prices of the vendor's service tiers, by the name a request says in `service_tier`: `flex`, `priority`. A tier without a price is not asked for. `auto`, `default` and `standard` cost what stands above. Default: none.")]
    public OrderedDictionary<string, TierPriceConfig?>? Tiers { get; init; }

    [Member("It costs nothing; no other price may be written then. Default: false.")]
    public bool? Free { get; init; }
}

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

/// <summary>The list price of calls in a service tier, as written.</summary>
public sealed record TierPriceConfig
{
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
