using System.Collections.Immutable;

namespace ServerlessRouter.LocalHost.Importing;

/// <summary>The vendors that other products' configurations name.</summary>
internal static class ForeignVendors
{
    private const string OpenAIKind = "openai";
    private const string AzureKind = "azure-openai";

    public static ForeignVendor OpenAI { get; } = new("openai", OpenAIKind, null, "OPENAI_API_KEY", "text-completion-openai", "openai_like", "custom_openai");

    public static ForeignVendor Azure { get; } = new("azure", AzureKind, null, "AZURE_API_KEY", "azure-openai", "azure_text");

    public static ForeignVendor Foundry { get; } = new("azure-foundry", AzureKind, null, "AZURE_AI_API_KEY", "azure_ai", "azure-ai");

    public static ForeignVendor Anthropic { get; } = new("anthropic", "anthropic", null, "ANTHROPIC_API_KEY");

    public static ForeignVendor OpenRouter { get; } = new("openrouter", "openrouter", null, "OPENROUTER_API_KEY");

    public static ForeignVendor Ollama { get; } = new("ollama", "ollama", null, null, "ollama_chat");

    private static readonly ForeignVendor[] Table =
    [
        OpenAI, Azure, Foundry, Anthropic, OpenRouter, Ollama,
        new("gemini", "gemini", null, "GEMINI_API_KEY", "google", "google-ai-studio"),
        new("mistral", "mistral", null, "MISTRAL_API_KEY", "mistral-ai", "mistralai"),
        new("codestral", OpenAIKind, "https://codestral.mistral.ai/v1/", "CODESTRAL_API_KEY"),
        new("groq", "groq", null, "GROQ_API_KEY"),
        new("deepseek", "deepseek", null, "DEEPSEEK_API_KEY"),
        new("xai", "xai", null, "XAI_API_KEY", "x-ai"),
        new("cohere", "cohere", null, "COHERE_API_KEY", "cohere_chat"),
        new("together", "together", null, "TOGETHERAI_API_KEY", "together_ai", "together-ai"),
        new("fireworks", "fireworks", null, "FIREWORKS_API_KEY", "fireworks_ai", "fireworks-ai"),
        new("cerebras", "cerebras", null, "CEREBRAS_API_KEY"),
        new("moonshot", "moonshot", null, "MOONSHOT_API_KEY", "moonshotai"),
        new("zai", "zai", null, "ZAI_API_KEY", "z-ai", "zhipu"),
        new("alibaba", "alibaba", null, "DASHSCOPE_API_KEY", "dashscope", "qwen"),
        new("perplexity", "perplexity", null, "PERPLEXITYAI_API_KEY", "perplexity-ai"),
        new("deepinfra", "deepinfra", null, "DEEPINFRA_API_KEY"),
        new("nebius", "nebius", null, "NEBIUS_API_KEY"),
        new("nvidia", OpenAIKind, "https://integrate.api.nvidia.com/v1/", "NVIDIA_NIM_API_KEY", "nvidia_nim"),
        new("sambanova", OpenAIKind, "https://api.sambanova.ai/v1/", "SAMBANOVA_API_KEY"),
        new("github", OpenAIKind, "https://models.github.ai/inference/", "GITHUB_API_KEY"),
        new("novita", OpenAIKind, "https://api.novita.ai/v3/openai/", "NOVITA_API_KEY", "novita-ai"),
        new("hyperbolic", OpenAIKind, "https://api.hyperbolic.xyz/v1/", "HYPERBOLIC_API_KEY"),
        new("databricks", OpenAIKind, null, "DATABRICKS_API_KEY"),
        new("litellm", OpenAIKind, null, "LITELLM_PROXY_API_KEY", "litellm_proxy"),
        new("vllm", "vllm", null, null, "hosted_vllm"),
        new("lmstudio", "lmstudio", null, null, "lm_studio", "lm-studio"),
        new("llamafile", OpenAIKind, "http://127.0.0.1:8080/v1/", null),
        new("xinference", OpenAIKind, null, null),
    ];

    private static readonly Dictionary<string, ForeignVendor> ByName = Table
        .SelectMany(static vendor => vendor.Aliases.Prepend(vendor.Name).Select(name => (name, vendor)))
        .ToDictionary(static row => row.name, static row => row.vendor, StringComparer.OrdinalIgnoreCase);

    /// <summary>Vendors whose own API is not spoken here, and how else their models may be reached.</summary>
    private static readonly Dictionary<string, string> Unspoken = new(StringComparer.OrdinalIgnoreCase)
    {
        ["bedrock"] = "Amazon Bedrock's own API is not spoken here; reach the model at its vendor, or through an OpenAI-compatible endpoint",
        ["bedrock_converse"] = "Amazon Bedrock's own API is not spoken here; reach the model at its vendor, or through an OpenAI-compatible endpoint",
        ["sagemaker"] = "Amazon SageMaker's API is not spoken here; put an OpenAI-compatible server before the model",
        ["sagemaker_chat"] = "Amazon SageMaker's API is not spoken here; put an OpenAI-compatible server before the model",
        ["vertex_ai"] = "Vertex AI is not spoken here; Gemini models are at the provider gemini with a key of Google AI Studio",
        ["vertex-ai"] = "Vertex AI is not spoken here; Gemini models are at the provider gemini with a key of Google AI Studio",
        ["vertex_ai_beta"] = "Vertex AI is not spoken here; Gemini models are at the provider gemini with a key of Google AI Studio",
        ["replicate"] = "Replicate's API is not spoken here",
        ["huggingface"] = "Hugging Face is reached at https://router.huggingface.co/v1/ as a provider of kind openai; write it by hand",
        ["watsonx"] = "watsonx is not spoken here",
        ["cloudflare"] = "Workers AI is reached at its OpenAI-compatible address as a provider of kind openai; write it by hand",
        ["workers-ai"] = "Workers AI is reached at its OpenAI-compatible address as a provider of kind openai; write it by hand",
        ["oci"] = "OCI's API is not spoken here",
        ["snowflake"] = "Snowflake's API is not spoken here",
        ["palm"] = "PaLM is gone; use Gemini models",
        ["voyage"] = "Voyage's API is not spoken here",
        ["jina_ai"] = "Jina's API is not spoken here",
        ["assemblyai"] = "transcription is not served here",
        ["deepgram"] = "transcription is not served here",
        ["elevenlabs"] = "speech is not served here",
        ["github_copilot"] = "GitHub Copilot signs in by device, which a router cannot",
    };

    /// <summary>What well-known models' names begin with, where no vendor is named.</summary>
    private static readonly (string Prefix, string Vendor)[] Families =
    [
        ("claude", "anthropic"), ("gpt", "openai"), ("chatgpt", "openai"), ("o1", "openai"), ("o3", "openai"), ("o4", "openai"), ("text-embedding", "openai"),
        ("gemini", "gemini"), ("mistral", "mistral"), ("ministral", "mistral"), ("codestral", "mistral"), ("deepseek", "deepseek"), ("command", "cohere"), ("grok", "xai"), ("kimi", "moonshot"), ("glm", "zai"), ("sonar", "perplexity"),
    ];

    /// <summary>The vendor of this name; null where none is known.</summary>
    public static ForeignVendor? Find(string name) => ByName.GetValueOrDefault(name);

    /// <summary>Why a vendor cannot be called; null where it can, or is not known.</summary>
    public static string? WhyNot(string name) => Unspoken.GetValueOrDefault(name);

    /// <summary>The vendor that makes a model of this name.</summary>
    public static ForeignVendor? MakerOf(string model) =>
        Families.FirstOrDefault(family => model.StartsWith(family.Prefix, StringComparison.OrdinalIgnoreCase)) is { Vendor: { } maker } ? ByName[maker] : null;

    /// <summary>The vendor whose name stands in a text of someone's own, as in <c>openai-prod-3f2a</c>; the longest name wins.</summary>
    public static ForeignVendor? MentionedIn(string text) => ByName
        .Where(row => row.Key.Length > 2 && text.Contains(row.Key, StringComparison.OrdinalIgnoreCase))
        .OrderByDescending(static row => row.Key.Length)
        .Select(static row => row.Value)
        .FirstOrDefault();
}

/// <summary>A vendor as other products name it.</summary>
/// <param name="Name">What its provider is called here.</param>
/// <param name="Kind">The kind of provider: the vendor's own where it is known by name, else the one that speaks its schema.</param>
/// <param name="Endpoint">Its base address; null where each customer has one, or where the kind knows it.</param>
/// <param name="Variable">The environment variable that usually holds its key; null for servers without one.</param>
/// <param name="Aliases">What else it is called: LiteLLM's prefixes, Portkey's providers.</param>
internal sealed record ForeignVendor(string Name, string Kind, string? Endpoint, string? Variable, params ImmutableArray<string> Aliases)
{
    /// <summary>A server of one's own, whose answers cost nothing.</summary>
    public bool IsOwn => Variable is null;
}
