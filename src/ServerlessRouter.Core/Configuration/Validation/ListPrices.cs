using System.Collections.Frozen;
using ServerlessRouter.Configuration.Written;
using ServerlessRouter.Domain;

namespace ServerlessRouter.Configuration.Validation;

/// <summary>Makes list prices of what is written of them.</summary>
internal static class ListPrices
{
    /// <summary>Anthropic, the only vendor that tells the two apart, asks 1.25 of the price of plain input for five minutes and twice that price for an hour.</summary>
    private const decimal HourOverBrief = 1.6m;

    /// <summary>As much as may be written.</summary>
    private const decimal MaxPerMillion = 1_000_000m;

    public static ModelPrice Of(PriceConfig written)
    {
        var input = written.InputPerMillion ?? 0;
        var price = new ModelPrice(
            input, written.CachedInputPerMillion ?? input, written.CacheWritePerMillion ?? input, written.OutputPerMillion ?? 0, written.PerRequest ?? 0)
        {
            HourCacheWritePerMillion = written.HourCacheWritePerMillion ?? (written.CacheWritePerMillion * HourOverBrief) ?? input,
        };
        price = written.Above is { Count: > 0 } steps ? price with { Above = [.. steps.Entries().Select(step => new PriceStep(step.Value.Tokens!.Value, Of(step.Value, price)))] } : price;
        return written.Tiers is { Count: > 0 } tiers ? price with { Tiers = tiers.Entries().ToFrozenDictionary(static tier => tier.Name, tier => Of(tier.Value, price), StringComparer.Ordinal) } : price;
    }

    /// <summary>Long prompts and single calls cost in a tier as much more, or less, as all others do.</summary>
    private static ModelPrice Of(TierPriceConfig written, ModelPrice standard)
    {
        var price = Of(
            new PriceStepConfig
            {
                InputPerMillion = written.InputPerMillion,
                CachedInputPerMillion = written.CachedInputPerMillion,
                CacheWritePerMillion = written.CacheWritePerMillion,
                HourCacheWritePerMillion = written.HourCacheWritePerMillion,
                OutputPerMillion = written.OutputPerMillion,
            },
            standard);
        var (input, output) = (Ratio(price.InputPerMillion, standard.InputPerMillion), Ratio(price.OutputPerMillion, standard.OutputPerMillion));
        return price with
        {
            Above =
            [
                .. standard.Above.Select(step => new PriceStep(step.Tokens, new ModelPrice(
                    step.Price.InputPerMillion * input, step.Price.CachedInputPerMillion * input, step.Price.CacheWritePerMillion * input, step.Price.OutputPerMillion * output, step.Price.PerRequest)
                {
                    HourCacheWritePerMillion = step.Price.HourCacheWritePerMillion * input,
                })),
            ],
        };

        static decimal Ratio(decimal tier, decimal standard) => standard > 0 ? tier / standard : 1;
    }

    /// <summary>Vendors raise the prices of their caches with that of plain input.</summary>
    private static ModelPrice Of(PriceStepConfig written, ModelPrice below)
    {
        var input = written.InputPerMillion!.Value;
        return new ModelPrice(
            input,
            written.CachedInputPerMillion ?? Raised(below.CachedInputPerMillion),
            written.CacheWritePerMillion ?? Raised(below.CacheWritePerMillion),
            written.OutputPerMillion!.Value,
            below.PerRequest)
        {
            HourCacheWritePerMillion = written.HourCacheWritePerMillion ?? (written.CacheWritePerMillion * HourOverBrief) ?? Raised(below.HourCacheWritePerMillion),
        };

        decimal Raised(decimal price) => below.InputPerMillion > 0 ? Math.Min(price / below.InputPerMillion * input, MaxPerMillion) : input;
    }
}
