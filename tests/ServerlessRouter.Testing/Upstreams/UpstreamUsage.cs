namespace ServerlessRouter.Testing.Upstreams;

/// <summary>Tokens of one answer, counted OpenAI's way: cached and cache-written tokens are part of the prompt, reasoning is part of the completion.</summary>
public sealed record UpstreamUsage(int PromptTokens, int CompletionTokens, int CachedTokens = 0, int ReasoningTokens = 0, int CacheWriteTokens = 0)
{
    public static readonly UpstreamUsage None = new(0, 0);

    /// <summary>What the vendor says the answer cost; null as long as it only reports tokens.</summary>
    public decimal? ReportedCostUsd { get; init; }

    public int TotalTokens => PromptTokens + CompletionTokens;

    /// <summary>The usage when only <paramref name="sent"/> of the pieces of the completion were made.</summary>
    internal UpstreamUsage Share(int sent, int of)
    {
        if (sent >= of)
            return this;
        var completion = (int)Math.Ceiling(CompletionTokens * (double)sent / of);
        return this with { CompletionTokens = completion, ReasoningTokens = Math.Min(ReasoningTokens, completion), ReportedCostUsd = null };
    }
}
