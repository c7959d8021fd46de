namespace ServerlessRouter.Configuration;

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

    /// <summary>What a call with this usage costs, in USD.</summary>
    public decimal CostUsd(in Chat.TokenUsage usage)
    {
        var plainInput = Math.Max(0, usage.PromptTokens - usage.CachedTokens - usage.CacheWriteTokens);
        return ((plainInput * InputPerMillion) + (usage.CachedTokens * CachedInputPerMillion) + (usage.CacheWriteTokens * CacheWritePerMillion)
            + (usage.CompletionTokens * OutputPerMillion)) / Million + PerRequest;
    }

    /// <summary>What a call of about this size would cost, in USD; cached tokens are part of the prompt's.</summary>
    public double EstimateUsd(int promptTokens, int completionTokens, int cachedTokens = 0)
    {
        var uncached = ((promptTokens - cachedTokens) * InputPerMillion) + (completionTokens * OutputPerMillion);
        var perMillion = cachedTokens == 0 ? uncached : uncached + (cachedTokens * CachedInputPerMillion);
        // Every candidate of every request is estimated, and dividing decimals is slow. The product is the quotient but for trailing zeros, which a double has none of.
        return (double)((perMillion * Millionth) + PerRequest);
    }
}
