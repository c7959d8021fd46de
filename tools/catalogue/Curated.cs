namespace ServerlessRouter.Tools.Catalogue;

/// <summary>What neither source says, each with where it is from.</summary>
internal static class Curated
{
    /// <summary>The vendors of the catalogue: the kind of provider, and its names at the two sources.</summary>
    /// <remarks>Alibaba, DeepInfra and Nebius stand in models.dev alone. The prices of zhipuai are those of the Chinese endpoint, so they are not Z.ai's.</remarks>
    public static readonly IReadOnlyList<VendorNames> Vendors =
    [
        new("openai", "openai", "openai"),
        new("azure-openai", "azure", "azure") { FallbackPrices = "openai", IsHost = true },
        new("anthropic", "anthropic", "anthropic"),
        new("gemini", "google", "google"),
        new("mistral", "mistral", "mistral"),
        new("groq", "groq", "groq"),
        new("deepseek", "deepseek", "deepseek"),
        new("xai", "x-ai", "xai"),
        new("cohere", "cohere", "cohere"),
        new("together", "together", "togetherai") { IsHost = true },
        new("fireworks", "fireworks", "fireworks-ai") { HasOthersModels = true, IsHost = true },
        new("cerebras", "cerebras", "cerebras") { HasOthersModels = true, IsHost = true },
        new("moonshot", "moonshotai", "moonshotai"),
        new("zai", "zai", "zai"),
        new("alibaba", null, "alibaba"),
        new("perplexity", "perplexity", "perplexity"),
        new("deepinfra", null, "deepinfra") { IsHost = true },
        new("nebius", null, "nebius") { IsHost = true },
        new("openrouter", "openrouter", "openrouter") { HasOthersModels = true, IsHost = true },
    ];

    /// <summary>Models that only the price list knows yet, each with the earlier model whose limits and abilities stand for its own; the window is the price list's.</summary>
    public static readonly IReadOnlyList<(string Vendor, string Name, string Like)> Successors =
    [
        ("openai", "gpt-5.6-sol", "gpt-5.5"), ("openai", "gpt-5.6-terra", "gpt-5.4"), ("openai", "gpt-5.6-luna", "gpt-5.4-mini"),
        ("openai", "gpt-6-astra", "gpt-5.5"), ("openai", "gpt-6-sol", "gpt-5.5"), ("openai", "gpt-6-luna", "gpt-5.4-mini"),
        ("anthropic", "claude-opus-5", "claude-opus-4-8"), ("anthropic", "claude-opus-5-5", "claude-opus-4-8"), ("anthropic", "claude-fable-5-1", "claude-fable-5"),
        ("gemini", "gemini-3.5-flash-lite", "gemini-3.1-flash-lite"), ("gemini", "gemini-3.6-flash", "gemini-3.5-flash"), ("gemini", "gemini-3.7-flash", "gemini-3.5-flash"),
        ("gemini", "gemini-3.8-flash", "gemini-3.5-flash"), ("gemini", "gemini-embedding-2", "gemini-embedding-001"),
        ("mistral", "mistral-medium-3-5", "mistral-medium-2604"), ("mistral", "ministral-8b-2512", "ministral-8b-latest"), ("mistral", "ministral-3b-2512", "ministral-3b-latest"),
        ("moonshot", "kimi-k3", "kimi-k2.6"), ("xai", "grok-4.5", "grok-4.3"), ("xai", "grok-4.6", "grok-4.3"),
        ("zai", "glm-5.3", "glm-5.2"), ("zai", "glm-5.3-flash", "glm-5.2"),
    ];

    /// <summary>
    /// Prices of OpenAI's service tier <c>priority</c>, of https://openai.com/api-priority-processing/ as of November 2026: model, input, cached input, output. Those of models.dev are taken as well.
    /// </summary>
    public static readonly IReadOnlyDictionary<string, TokenPrice> OpenAIPriority = new Dictionary<string, TokenPrice>
    {
        ["gpt-5.5"] = new(12.50m, 1.25m, null, null, 75m),
        ["gpt-5.4"] = new(5m, 0.50m, null, null, 30m),
        ["gpt-5.4-mini"] = new(1.50m, 0.15m, null, null, 9m),
        ["gpt-5.2"] = new(3.50m, 0.35m, null, null, 28m),
        ["gpt-5.1"] = new(2.50m, 0.25m, null, null, 20m),
        ["gpt-5"] = new(2.50m, 0.25m, null, null, 20m),
        ["gpt-5-mini"] = new(0.45m, 0.045m, null, null, 3.60m),
        ["gpt-4.1"] = new(3.50m, 0.875m, null, null, 14m),
        ["gpt-4.1-mini"] = new(0.70m, 0.175m, null, null, 2.80m),
        ["gpt-4.1-nano"] = new(0.20m, 0.05m, null, null, 0.80m),
        ["gpt-4o"] = new(4.25m, 2.125m, null, null, 17m),
        ["gpt-4o-mini"] = new(0.25m, 0.125m, null, null, 1m),
        ["o3"] = new(3.50m, 0.875m, null, null, 14m),
        ["o4-mini"] = new(2m, 0.50m, null, null, 8m),
    };

    /// <summary>Models of OpenAI's tier <c>flex</c>, which costs what a batch does: half. Source: its guide to flex processing and its price page, as of November 2026.</summary>
    public static readonly IReadOnlySet<string> OpenAIFlex = new HashSet<string> { "gpt-5", "gpt-5-mini", "gpt-5-nano", "gpt-5.1", "gpt-5.2", "gpt-5.4", "gpt-5.4-mini", "gpt-5.4-nano", "gpt-5.5", "o3", "o4-mini" };

    /// <summary>Groq's tiers <c>flex</c> and <c>on_demand</c> cost the same. Source: its page on service tiers.</summary>
    public static readonly IReadOnlyList<string> GroqTiers = ["flex", "on_demand"];

    /// <summary>Words in a name that say that the model answers no chat in text, or is a vendor's name for something else.</summary>
    public static readonly IReadOnlyList<string> NoChat =
    [
        "-tts", "image", "audio", "realtime", "transcri", "whisper", "imagine", "video", "orpheus", "guard", "-ocr", "-mt-", "livetranslate", "-asr", "character", "-omni-", "lyria",
        "computer-use", "live-", "multi-agent", "model-router", "speciale", "codestral-2501", "rerank", "moderation", "search-preview", "translate",
    ];

    /// <summary>Models of OpenAI that answer <c>/responses</c> alone.</summary>
    public static bool NeedsResponses(string vendor, string name) =>
        vendor is "openai" or "azure-openai" && (name.EndsWith("-pro", StringComparison.Ordinal) || name.Contains("codex", StringComparison.Ordinal) || name.Contains("deep-research", StringComparison.Ordinal));
}

/// <summary>A vendor's names.</summary>
/// <param name="Kind">Among the kinds of provider.</param>
/// <param name="Prices">In genai-prices; null where that does not know it.</param>
/// <param name="Models">In models.dev.</param>
internal sealed record VendorNames(string Kind, string? Prices, string Models)
{
    /// <summary>Whose prices hold where its own are not listed.</summary>
    public string? FallbackPrices { get; init; }

    /// <summary>It serves models of others.</summary>
    public bool IsHost { get; init; }

    /// <summary>It serves models of others, which are known by them where models.dev does not list them for it.</summary>
    public bool HasOthersModels { get; init; }
}
