using System.Collections.Immutable;

namespace ServerlessRouter.LocalHost.Importing;

/// <summary>A vendor as other products name it.</summary>
/// <param name="Name">What its provider is called here.</param>
/// <param name="Kind">The kind of provider that speaks its schema.</param>
/// <param name="Endpoint">Its base address; null where each customer has one, or where the kind knows it.</param>
/// <param name="Variable">The environment variable that usually holds its key; null for servers without one.</param>
/// <param name="Aliases">What else it is called: LiteLLM's prefixes, Portkey's providers.</param>
internal sealed record ForeignVendor(string Name, string Kind, string? Endpoint, string? Variable, params ImmutableArray<string> Aliases)
{
    /// <summary>A server of one's own, whose answers cost nothing.</summary>
    public bool IsOwn => Variable is null;
}

/// <summary>The vendors that other products' configurations name.</summary>
internal static class ForeignVendors
{
    private const string OpenAIKind = "openai";
    private const string AzureKind = "azure-openai";

    public static ForeignVendor OpenAI { get; } = new("openai", OpenAIKind, null, "OPENAI_API_KEY", "text-completion-openai", "openai_like", "custom_openai");

    public static ForeignVendor Azure { get; } = new("azure", AzureKind, null, "AZURE_API_KEY", "azure-openai", "azure_text");

    public static ForeignVendor Foundry { get; } = new("azure-foundry", AzureKind, null, "AZURE_AI_API_KEY", "azure_ai", "azure-ai");

    public static ForeignVendor Anthropic { get; } = new("anthropic", "anthropic", null, "ANTHROPIC_API_KEY");

    public static ForeignVendor OpenRouter { get; } = new("openrouter", OpenAIKind, "https://openrouter.ai/api/v1/", "OPENROUTER_API_KEY");

    public static ForeignVendor Ollama { get; } = new("ollama", OpenAIKind, "http://127.0.0.1:11434/v1/", null, "ollama_chat");

    private static readonly ForeignVendor[] Table =
    [
        OpenAI, Azure, Foundry, Anthropic, OpenRouter, Ollama,
        new("gemini", OpenAIKind, "https://generativelanguage.googleapis.com/v1beta/openai/", "GEMINI_API_KEY", "google", "google-ai-studio"),
        new("mistral", OpenAIKind, "https://api.mistral.ai/v1/", "MISTRAL_API_KEY", "mistral-ai", "mistralai"),
        new("codestral", OpenAIKind, "https://codestral.mistral.ai/v1/", "CODESTRAL_API_KEY"),
        new("groq", OpenAIKind, "https://api.groq.com/openai/v1/", "GROQ_API_KEY"),
        new("deepseek", OpenAIKind, "https://api.deepseek.com/v1/", "DEEPSEEK_API_KEY"),
        new("xai", OpenAIKind, "https://api.x.ai/v1/", "XAI_API_KEY", "x-ai"),
        new("cohere", OpenAIKind, "https://api.cohere.ai/compatibility/v1/", "COHERE_API_KEY", "cohere_chat"),
        new("together", OpenAIKind, "https://api.together.xyz/v1/", "TOGETHERAI_API_KEY", "together_ai", "together-ai"),
        new("fireworks", OpenAIKind, "https://api.fireworks.ai/inference/v1/", "FIREWORKS_API_KEY", "fireworks_ai", "fireworks-ai"),
        new("cerebras", OpenAIKind, "https://api.cerebras.ai/v1/", "CEREBRAS_API_KEY"),
        new("moonshot", OpenAIKind, "https://api.moonshot.ai/v1/", "MOONSHOT_API_KEY", "moonshotai"),
        new("zai", OpenAIKind, "https://api.z.ai/api/paas/v4/", "ZAI_API_KEY", "z-ai", "zhipu"),
        new("dashscope", OpenAIKind, "https://dashscope-intl.aliyuncs.com/compatible-mode/v1/", "DASHSCOPE_API_KEY", "alibaba", "qwen"),
        new("perplexity", OpenAIKind, "https://api.perplexity.ai/", "PERPLEXITYAI_API_KEY", "perplexity-ai"),
        new("deepinfra", OpenAIKind, "https://api.deepinfra.com/v1/openai/", "DEEPINFRA_API_KEY"),
        new("nebius", OpenAIKind, "https://api.studio.nebius.ai/v1/", "NEBIUS_API_KEY"),
        new("nvidia", OpenAIKind, "https://integrate.api.nvidia.com/v1/", "NVIDIA_NIM_API_KEY", "nvidia_nim"),
        new("sambanova", OpenAIKind, "https://api.sambanova.ai/v1/", "SAMBANOVA_API_KEY"),
        new("github", OpenAIKind, "https://models.github.ai/inference/", "GITHUB_API_KEY"),
        new("novita", OpenAIKind, "https://api.novita.ai/v3/openai/", "NOVITA_API_KEY", "novita-ai"),
        new("hyperbolic", OpenAIKind, "https://api.hyperbolic.xyz/v1/", "HYPERBOLIC_API_KEY"),
        new("databricks", OpenAIKind, null, "DATABRICKS_API_KEY"),
        new("litellm", OpenAIKind, null, "LITELLM_PROXY_API_KEY", "litellm_proxy"),
        new("vllm", OpenAIKind, null, null, "hosted_vllm"),
        new("lm-studio", OpenAIKind, "http://127.0.0.1:1234/v1/", null, "lm_studio"),
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
