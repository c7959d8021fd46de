namespace ServerlessRouter.Domain;

/// <summary>Tokens of one call, as OpenAI counts them: cached and written tokens are part of the prompt's, reasoning tokens part of the completion's.</summary>
public readonly record struct TokenUsage(int PromptTokens, int CompletionTokens)
{
    /// <summary>Prompt tokens read from the vendor's cache.</summary>
    public int CachedTokens { get; init; }

    /// <summary>Prompt tokens written to the vendor's cache, however long it keeps them.</summary>
    public int CacheWriteTokens { get; init; }

    /// <summary>Those of <see cref="CacheWriteTokens"/> that the vendor keeps for an hour; Anthropic's <c>cache_creation.ephemeral_1h_input_tokens</c>.</summary>
    public int HourCacheWriteTokens { get; init; }

    public int ReasoningTokens { get; init; }

    /// <summary>The vendor sent none, or none that could be; the router counted what it saw.</summary>
    public bool IsEstimated { get; init; }

    /// <summary>What the vendor says it billed, in USD, where it says so.</summary>
    public decimal? ReportedCostUsd { get; init; }

    /// <summary>The service tier that the vendor says it served the call in; null where it says none.</summary>
    public string? ServiceTier { get; init; }

    public long TotalTokens => (long)PromptTokens + CompletionTokens;
}
