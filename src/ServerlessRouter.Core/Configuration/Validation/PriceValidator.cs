using ServerlessRouter.Configuration.Written;

namespace ServerlessRouter.Configuration.Validation;

/// <summary>Checks that no price is zero by omission.</summary>
internal sealed class PriceValidator : IConfigValidator
{
    public void Validate(ValidationContext context)
    {
        foreach (var (name, model) in context.Config.Models.Entries())
        {
            if (model.Price is { } price)
                Validate(price, $"{ConfigPath.Member("models", name)}.price", context.Findings);
        }
    }

    private static void Validate(PriceConfig price, string path, Findings findings)
    {
        if (price.Free == true)
        {
            decimal?[] prices = [price.InputPerMillion, price.CachedInputPerMillion, price.CacheWritePerMillion, price.OutputPerMillion, price.PerRequest];
            if (prices.Any(static written => written > 0))
                findings.Error($"{path}.free", "is true, and yet a price is written; remove one");
            return;
        }

        const string Missing = "is missing; write it in USD, or \"free\": true for a model that costs nothing";
        if (price.InputPerMillion is null)
            findings.Error($"{path}.inputPerMillion", Missing);
        if (price.OutputPerMillion is null)
            findings.Error($"{path}.outputPerMillion", Missing);
        if (price.CachedInputPerMillion > price.InputPerMillion)
            findings.Warning($"{path}.cachedInputPerMillion", $"is {price.CachedInputPerMillion}, more than the {price.InputPerMillion} of plain input");
    }
}
