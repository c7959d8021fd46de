using System.Collections.Frozen;
using System.Collections.Immutable;
using ServerlessRouter.Configuration;
using ServerlessRouter.Providers.OpenAI;

namespace ServerlessRouter.Providers;

/// <summary>Vendors with OpenAI's chat completions that are known by name: where they are, what holds their key, and where their API departs from OpenAI's.</summary>
/// <remarks>
/// Source: the vendors' pages about their compatibility with OpenAI, as of November 2026; <c>docs/vendors.md</c> has the addresses. A parameter is named here where a vendor refuses it with an error, and
/// where it says that it has no effect.
/// </remarks>
internal static class Vendors
{
    /// <summary>OpenAI's later name of the limit, which many vendors know by the earlier one alone.</summary>
    private static readonly FrozenDictionary<string, string> MaxTokens = Names(("max_completion_tokens", "max_tokens"));

    private static readonly ImmutableArray<VendorRow> Rows =
    [
        new("gemini", "Google Gemini", "https://generativelanguage.googleapis.com/v1beta/openai/", ["GEMINI_API_KEY", "GOOGLE_API_KEY"], new Departures
        {
            TelemetryName = "gcp.gemini",
            Unsupported = ["frequency_penalty", "logit_bias", "logprobs", "metadata", "presence_penalty", "prompt_cache_key", "seed", "store", "top_logprobs", "user"],
            HasEmbeddings = true,
        }),
        new("mistral", "Mistral AI", "https://api.mistral.ai/v1/", ["MISTRAL_API_KEY"], new Departures
        {
            TelemetryName = "mistral_ai",
            // It refuses what it does not know, and counts tokens in every last chunk unasked.
            Unsupported = ["logit_bias", "logprobs", "modalities", "prompt_cache_key", "service_tier", "store", "stream_options", "top_logprobs", "user", "verbosity"],
            Renamed = Names(("max_completion_tokens", "max_tokens"), ("seed", "random_seed")),
            HasEmbeddings = true,
        }),
        new("groq", "Groq", "https://api.groq.com/openai/v1/", ["GROQ_API_KEY"], new Departures
        {
            Unsupported = ["logit_bias", "logprobs", "metadata", "n", "store", "top_logprobs"],
            HasResponses = true,
        }),
        new("deepseek", "DeepSeek", "https://api.deepseek.com/v1/", ["DEEPSEEK_API_KEY"], new Departures
        {
            Unsupported = ["logit_bias", "n", "seed"],
            Renamed = MaxTokens,
        }),
        new("xai", "xAI", "https://api.x.ai/v1/", ["XAI_API_KEY"], new Departures
        {
            TelemetryName = "x_ai",
            Unsupported = ["logit_bias"],
            HasResponses = true,
        }),
        new("cohere", "Cohere", "https://api.cohere.ai/compatibility/v1/", ["COHERE_API_KEY", "CO_API_KEY"], new Departures
        {
            Unsupported = ["audio", "logit_bias", "metadata", "modalities", "n", "parallel_tool_calls", "prediction", "service_tier", "store", "top_logprobs", "user"],
            Renamed = MaxTokens,
            HasEmbeddings = true,
        }),
        new("together", "Together AI", "https://api.together.ai/v1/", ["TOGETHER_API_KEY"], new Departures { Renamed = MaxTokens, HasEmbeddings = true }),
        new("fireworks", "Fireworks AI", "https://api.fireworks.ai/inference/v1/", ["FIREWORKS_API_KEY"], new Departures { HasResponses = true, HasEmbeddings = true }),
        new("cerebras", "Cerebras", "https://api.cerebras.ai/v1/", ["CEREBRAS_API_KEY"], new Departures
        {
            Unsupported = ["frequency_penalty", "logit_bias", "n", "presence_penalty", "prompt_cache_key", "service_tier"],
        }),
        new("moonshot", "Moonshot AI", "https://api.moonshot.ai/v1/", ["MOONSHOT_API_KEY"], new Departures
        {
            TelemetryName = "moonshot_ai",
            Unsupported = ["logit_bias", "logprobs", "seed", "top_logprobs"],
            HasResponses = true,
        }),
        new("zai", "Z.ai", "https://api.z.ai/api/paas/v4/", ["ZAI_API_KEY", "ZHIPU_API_KEY"], new Departures
        {
            // Its reference names every member it has, and these are not among them.
            Unsupported =
            [
                "frequency_penalty", "logit_bias", "logprobs", "metadata", "modalities", "n", "parallel_tool_calls", "prediction", "presence_penalty", "prompt_cache_key", "seed", "service_tier", "store",
                "top_logprobs", "verbosity",
            ],
            Renamed = Names(("max_completion_tokens", "max_tokens"), ("user", "user_id")),
        }),
        new("alibaba", "Alibaba Cloud Model Studio", "https://dashscope-intl.aliyuncs.com/compatible-mode/v1/", ["DASHSCOPE_API_KEY"], new Departures
        {
            Unsupported = ["frequency_penalty", "logit_bias", "service_tier", "store", "user"],
            Renamed = MaxTokens,
            HasEmbeddings = true,
        }),
        new("perplexity", "Perplexity", "https://api.perplexity.ai/", ["PERPLEXITY_API_KEY"], new Departures
        {
            Unsupported = ["logit_bias", "logprobs", "n", "parallel_tool_calls", "seed", "service_tier", "stop", "store", "tool_choice", "tools", "top_logprobs", "user"],
            Renamed = MaxTokens,
        }),
        new("deepinfra", "DeepInfra", "https://api.deepinfra.com/v1/openai/", ["DEEPINFRA_API_KEY", "DEEPINFRA_TOKEN"], new Departures { Unsupported = ["logit_bias"], Renamed = MaxTokens, HasEmbeddings = true }),
        new("nebius", "Nebius Token Factory", "https://api.tokenfactory.nebius.com/v1/", ["NEBIUS_API_KEY"], new Departures { HasEmbeddings = true }),
        new("openrouter", "OpenRouter", "https://openrouter.ai/api/v1/", ["OPENROUTER_API_KEY"], new Departures { HasResponses = true, HasEmbeddings = true }),
        new("ollama", "Ollama", "http://127.0.0.1:11434/v1/", [], new Departures
        {
            Unsupported = ["logit_bias", "n", "user"],
            Renamed = MaxTokens,
            HasResponses = true,
            HasEmbeddings = true,
            EndpointVariable = "OLLAMA_HOST",
            ClientsAddVersion = true,
            IsLookedFor = true,
        }),
        new("vllm", "vLLM", "http://127.0.0.1:8000/v1/", [], new Departures { HasResponses = true, HasEmbeddings = true }),
        new("lmstudio", "LM Studio", "http://127.0.0.1:1234/v1/", [], new Departures { Unsupported = ["n"], Renamed = MaxTokens, HasResponses = true, HasEmbeddings = true }),
    ];

    /// <summary>All of them, those on this machine last.</summary>
    /// <param name="known">The kind whose calls they take.</param>
    public static ImmutableArray<ProviderKind> Like(ProviderKind known) => [.. Rows.Select(row => Row(row, (ProviderRow)known))];

    private static ProviderRow Row(VendorRow vendor, ProviderRow known) => new()
    {
        Name = vendor.Name,
        Title = vendor.Title,
        TelemetryName = vendor.Departures.TelemetryName,
        Schema = known.Schema,
        Base = known,
        Access = known.Access! with
        {
            DefaultEndpoint = vendor.Endpoint,
            EndpointHint = $"the address that chat/completions stands below, for example {(vendor.Keys.IsEmpty ? "https://models.example.com/v1/" : vendor.Endpoint)}",
            KeyVariables = vendor.Keys,
            EndpointVariables = [vendor.Departures.EndpointVariable ?? $"{vendor.Name.ToUpperInvariant()}_BASE_URL"],
            ClientsAddVersion = vendor.Departures.ClientsAddVersion,
            IsLookedFor = vendor.Departures.IsLookedFor,
        },
        OwnMembers = [],
        UnsupportedParameters = vendor.Departures.Unsupported.ToFrozenSet(StringComparer.Ordinal),
        RenamedParameters = vendor.Departures.Renamed,
        HasResponses = vendor.Departures.HasResponses,
        Chat = known.Chat,
        Embeddings = vendor.Departures.HasEmbeddings ? static parts => parts.OverHttp(new EmbeddingsMapper(new OpenAIMapper())) : null,
    };

    private static FrozenDictionary<string, string> Names(params (string OpenAI, string Own)[] names) =>
        names.ToFrozenDictionary(static name => name.OpenAI, static name => name.Own, StringComparer.Ordinal);

    private sealed record VendorRow(string Name, string Title, string Endpoint, ImmutableArray<string> Keys, Departures Departures);

    /// <summary>Where a vendor's API departs from OpenAI's.</summary>
    private sealed record Departures
    {
        /// <summary>What OpenTelemetry's conventions call the vendor, where that is another name.</summary>
        public string? TelemetryName { get; init; }

        public ImmutableArray<string> Unsupported { get; init; } = [];

        public FrozenDictionary<string, string> Renamed { get; init; } = FrozenDictionary<string, string>.Empty;

        public bool HasResponses { get; init; }

        public bool HasEmbeddings { get; init; }

        /// <summary>Null where it is the vendor's name with <c>_BASE_URL</c>.</summary>
        public string? EndpointVariable { get; init; }

        public bool ClientsAddVersion { get; init; }

        public bool IsLookedFor { get; init; }
    }
}
