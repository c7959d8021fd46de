using ServerlessRouter.Errors;

namespace ServerlessRouter.Providers.Failures;

/// <summary>Too fast right now: time alone mends it.</summary>
internal static class LimitWordings
{
    public static readonly VendorWording[] All =
    [
        // At Google a reason of its older errors, which are a 403.
        Sign("rate_limit_exceeded", "OpenAI, Groq, Cohere, Google"),
        Sign("userRateLimitExceeded", "Google"),
        Sign("rate_limit_error", "Anthropic, vLLM"),
        Sign("rate_limited", "Mistral"),
        // MoonshotAI/kimi-cli#901
        Sign("rate_limit_reached_error", "Moonshot"),
        Sign("RESOURCE_EXHAUSTED", "Gemini, Vertex AI"),
        Sign("too_many_requests", "xAI, Cohere, gateways"),
        Sign("ThrottlingException", "Bedrock"),
        Sign("Throttling", "DashScope"),
        Sign("Throttling.RateQuota", "DashScope"),
        Sign("Throttling.AllocationQuota", "DashScope"),
        Sign("limit_requests", "DashScope"),
        Sign("RequestBurstTooFast", "Volcengine"),
        Sign("base_resp_1002", "MiniMax"),
        Bare("1302", "Zhipu"),
        Bare("1303", "Zhipu"),
        // A 403 at GitHub: app-sre/github-mirror PR#62, Shubhamsaboo/awesome-llm-apps#7
        Text("rate limit", "GitHub, Cloudflare, gateways"),
        Text("rate-limit", "OpenRouter, gateways"),
        Text("too many requests", "gateways"),
    ];

    private static VendorWording Sign(string words, string vendors) => new(FailureKind.RateLimited, WordingPlace.Sign, words, vendors);

    private static VendorWording Bare(string words, string vendors) => new(FailureKind.RateLimited, WordingPlace.BareCode, words, vendors);

    private static VendorWording Text(string words, string vendors) => new(FailureKind.RateLimited, WordingPlace.Text, words, vendors);
}
