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
        return written.Above is { Count: > 0 } steps ? price with { Above = [.. steps.Entries().Select(step => new PriceStep(step.Value.Tokens!.Value, Of(step.Value, price)))] } : price;
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
