using ServerlessRouter.Configuration.Written;
using ServerlessRouter.Domain;

namespace ServerlessRouter.Configuration.Validation;

/// <summary>Checks that no price is zero by omission.</summary>
internal sealed class PriceValidator : IConfigValidator
{
    /// <summary>USD per million tokens below which no vendor sells, and above which none sells single tokens.</summary>
    private const decimal MinPerMillion = 0.001m;

    private const decimal Million = 1_000_000m;

    public void Validate(ValidationContext context)
    {
        foreach (var (name, model) in context.Config.Models.Entries())
        {
            if (model.Price is { } price)
                Validate(model, price, $"{ConfigPath.Member("models", name)}.price", context.Findings);
        }
    }

    private static void Validate(ModelConfig model, PriceConfig price, string path, Findings findings)
    {
        if (price.Free == true)
        {
            decimal?[] prices =
            [
                price.InputPerMillion, price.CachedInputPerMillion, price.CacheWritePerMillion, price.HourCacheWritePerMillion, price.OutputPerMillion, price.PerRequest,
            ];
            if (prices.Any(static written => written > 0) || price.Above is { Count: > 0 } || price.Tiers is { Count: > 0 })
                findings.Error($"{path}.free", "is true, and yet a price is written; remove one");
            return;
        }

        const string Missing = "is missing; write it in USD, or \"free\": true for a model that costs nothing";
        if (price.InputPerMillion is null)
            findings.Error($"{path}.inputPerMillion", Missing);
        // Vectors are no tokens.
        if (price.OutputPerMillion is null && !ModelAbilities.Of(model).HasFlag(Capabilities.Embeddings))
            findings.Error($"{path}.outputPerMillion", Missing);
        WarnOfPricePerToken(price.InputPerMillion, $"{path}.inputPerMillion", findings);
        WarnOfPricePerToken(price.OutputPerMillion, $"{path}.outputPerMillion", findings);
        if (price.CachedInputPerMillion > price.InputPerMillion)
            findings.Warning($"{path}.cachedInputPerMillion", $"is {price.CachedInputPerMillion}, more than the {price.InputPerMillion} of plain input");
        ValidateSteps(price, path, findings);
        foreach (var (tier, _) in price.Tiers.Entries())
        {
            if (ServiceTiers.IsStandard(tier))
                findings.Error(ConfigPath.Member($"{path}.tiers", tier), "is the tier whose price stands above; leave it out");
        }
    }

    private static void ValidateSteps(PriceConfig price, string path, Findings findings)
    {
        var below = new PriceStepConfig { Tokens = 0, InputPerMillion = price.InputPerMillion, OutputPerMillion = price.OutputPerMillion };
        foreach (var (place, step) in price.Above.Entries())
        {
            var at = $"{path}.above[{place}]";
            if (step.Tokens <= below.Tokens)
                findings.Error($"{at}.tokens", $"is {step.Tokens}, but must be more than the {below.Tokens} before it; write the steps from short prompts to long ones, each length once");
            if (step.CachedInputPerMillion > step.InputPerMillion)
                findings.Warning($"{at}.cachedInputPerMillion", $"is {step.CachedInputPerMillion}, more than the {step.InputPerMillion} of plain input");
            if (step.InputPerMillion < below.InputPerMillion)
                findings.Warning($"{at}.inputPerMillion", $"is {step.InputPerMillion}, less than the {below.InputPerMillion} of shorter prompts");
            if (step.OutputPerMillion < below.OutputPerMillion)
                findings.Warning($"{at}.outputPerMillion", $"is {step.OutputPerMillion}, less than the {below.OutputPerMillion} of shorter prompts");
            below = step;
        }
    }

    private static void WarnOfPricePerToken(decimal? price, string path, Findings findings)
    {
        if (price is > 0 and < MinPerMillion)
            findings.Warning(path, $"is {price} USD for a million tokens, which looks like the price of one; that would be {price * Million:0.######} here");
    }
}
