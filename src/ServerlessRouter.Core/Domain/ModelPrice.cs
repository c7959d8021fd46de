using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace ServerlessRouter.Domain;

/// <summary>List price in USD per million tokens.</summary>
/// <param name="InputPerMillion">Prompt tokens that were not cached.</param>
/// <param name="CachedInputPerMillion">Prompt tokens read from the vendor's cache.</param>
/// <param name="CacheWritePerMillion">Prompt tokens written to the vendor's cache (Anthropic bills these apart).</param>
/// <param name="OutputPerMillion">Answer tokens, reasoning included.</param>
/// <param name="PerRequest">USD for each call.</param>
public sealed record ModelPrice(
    decimal InputPerMillion, decimal CachedInputPerMillion, decimal CacheWritePerMillion, decimal OutputPerMillion, decimal PerRequest = 0)
{
    private const decimal Million = 1_000_000m;
    private const decimal Millionth = 0.000001m;

    /// <summary>Decimals of a part of a cost that no price gives exactly.</summary>
    private const int PartDecimals = 12;

    /// <summary>Prompt tokens written to the vendor's cache to be kept for an hour.</summary>
    public decimal HourCacheWritePerMillion { get; init; } = CacheWritePerMillion;

    /// <summary>Prices of longer prompts, shortest first; none where the length does not matter.</summary>
    public ImmutableArray<PriceStep> Above { get; init; } = [];

    /// <summary>Prices of the vendor's service tiers, by the name a request says; they have none of their own.</summary>
    public FrozenDictionary<string, ModelPrice> Tiers { get; init; } = FrozenDictionary<string, ModelPrice>.Empty;

    /// <summary>The price in a service tier; null where that has none.</summary>
    /// <param name="tier">The name, or null where none is named.</param>
    public ModelPrice? In(string? tier) => ServiceTiers.IsStandard(tier) || IsFree ? this : Tiers.GetValueOrDefault(tier);

    /// <summary>The price of a call by the tier it was served in, else by the one asked for, else the model's own.</summary>
    public ModelPrice For(string? served, string? asked) => (served is null ? null : In(served)) ?? In(asked) ?? this;

    private bool IsFree => InputPerMillion == 0 && OutputPerMillion == 0 && PerRequest == 0;

    /// <summary>The price of a call with such a prompt, cached and written tokens included: the whole call is billed by it.</summary>
    public ModelPrice At(int promptTokens)
    {
        for (var step = Above.Length - 1; step >= 0; step--)
        {
            if (promptTokens > Above[step].Tokens)
                return Above[step].Price;
        }

        return this;
    }

    /// <summary>What a call with this usage costs, in USD.</summary>
    public decimal CostUsd(in TokenUsage usage)
    {
        var price = At(usage.PromptTokens);
        return (price.OfPrompt(usage) + (usage.CompletionTokens * price.OutputPerMillion)) / Million + price.PerRequest;
    }

    /// <summary>
    /// The part of a cost that the prompt caused, in USD, the price for each call included; the answer caused the rest. A cost that is not the list price's is split as the list
    /// price would be, and, where that is nothing, by tokens.
    /// </summary>
    public decimal PromptPartUsd(in TokenUsage usage, decimal costUsd)
    {
        var price = At(usage.PromptTokens);
        var (prompt, whole) = (price.OfPrompt(usage) / Million + price.PerRequest, CostUsd(usage));
        if (costUsd == whole)
            return prompt;
        if (whole > 0)
            return Math.Round(costUsd * (prompt / whole), PartDecimals);
        return usage.TotalTokens > 0 ? Math.Round(costUsd * usage.PromptTokens / usage.TotalTokens, PartDecimals) : costUsd;
    }

    /// <summary>What a call of about this size would cost, in USD; cached tokens are part of the prompt's.</summary>
    public double EstimateUsd(int promptTokens, int completionTokens, int cachedTokens = 0)
    {
        var price = At(promptTokens);
        var uncached = ((promptTokens - cachedTokens) * price.InputPerMillion) + (completionTokens * price.OutputPerMillion);
        var perMillion = cachedTokens == 0 ? uncached : uncached + (cachedTokens * price.CachedInputPerMillion);
        // Every candidate of every request is estimated, and dividing decimals is slow. The product is the quotient but for trailing zeros, which a double has none of.
        return (double)((perMillion * Millionth) + price.PerRequest);
    }

    /// <summary>Millionths of USD for the prompt, by this price itself.</summary>
    private decimal OfPrompt(in TokenUsage usage)
    {
        var plain = Math.Max(0, usage.PromptTokens - usage.CachedTokens - usage.CacheWriteTokens);
        var briefly = Math.Max(0, usage.CacheWriteTokens - usage.HourCacheWriteTokens);
        return (plain * InputPerMillion) + (usage.CachedTokens * CachedInputPerMillion) + (briefly * CacheWritePerMillion)
            + (usage.HourCacheWriteTokens * HourCacheWritePerMillion);
    }
}

/// <summary>What calls cost whose prompt is long.</summary>
/// <param name="Tokens">The prompt has more tokens than this, cached and written ones included.</param>
/// <param name="Price">The price of the whole call then; it has no steps of its own.</param>
public sealed record PriceStep(int Tokens, ModelPrice Price);

/// <summary>The names of vendors' service tiers.</summary>
public static class ServiceTiers
{
    private const int MaxNameLength = 32;

    private static readonly string[] Known = ["default", "flex", "priority", "standard", "auto", "scale", "batch", "on_demand", "performance"];

    /// <summary>Whether a tier is the one that every model is sold in, which needs no name.</summary>
    public static bool IsStandard([NotNullWhen(false)] string? tier) => tier is null or "" or "auto" or "default" or "standard" or "standard_only";

    /// <summary>What stands for a text that is no name, so that it has no price.</summary>
    private const string NoName = "?";

    /// <summary>The name that these bytes of UTF-8 are.</summary>
    public static string Name(ReadOnlySpan<byte> utf8)
    {
        foreach (var known in Known)
        {
            if (Ascii.Equals(utf8, known))
                return known;
        }

        return utf8.Length <= MaxNameLength && !utf8.ContainsAnyExceptInRange((byte)'!', (byte)'~') ? Encoding.ASCII.GetString(utf8) : NoName;
    }
}
