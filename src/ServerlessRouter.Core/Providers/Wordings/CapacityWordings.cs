using ServerlessRouter.Errors;

namespace ServerlessRouter.Providers.Wordings;

/// <summary>Too fast right now, or too busy: time alone mends it.</summary>
internal static class CapacityWordings
{
    public static readonly VendorWording[] All =
    [
        Slow("rate_limit_exceeded", "OpenAI, Groq, Cohere"),
        Slow("rate_limit_error", "Anthropic, vLLM"),
        Slow("rate_limited", "Mistral"),
        // MoonshotAI/kimi-cli#901
        Slow("rate_limit_reached_error", "Moonshot"),
        Slow("RESOURCE_EXHAUSTED", "Gemini, Vertex AI"),
        Slow("too_many_requests", "xAI, Cohere, gateways"),
        Slow("ThrottlingException", "Bedrock"),
        Slow("Throttling", "DashScope"),
        Slow("Throttling.RateQuota", "DashScope"),
        Slow("Throttling.AllocationQuota", "DashScope"),
        Slow("limit_requests", "DashScope"),
        Slow("RequestBurstTooFast", "Volcengine"),
        Slow("base_resp_1002", "MiniMax"),
        Bare(FailureKind.RateLimited, "1302", "Zhipu"),
        Bare(FailureKind.RateLimited, "1303", "Zhipu"),
        Text(FailureKind.RateLimited, "rate limit", "gateways"),
        Text(FailureKind.RateLimited, "too many requests", "gateways"),
        Busy("overloaded_error", "Anthropic"),
        Busy("overloaded", "gateways"),
        Busy("engine_overloaded_error", "Moonshot"),
        Busy("server_is_overloaded", "OpenAI"),
        Busy("capacity_exceeded", "Groq"),
        Busy("flex_capacity_exceeded", "Groq"),
        Busy("service_tier_capacity_exceeded", "Mistral"),
        Busy("NoCapacity", "Azure"),
        Busy("ModelNotReadyException", "Bedrock"),
        Bare(FailureKind.Overloaded, "1305", "Zhipu"),
        Text(FailureKind.Overloaded, "overloaded", "Gemini, Anthropic, SiliconFlow"),
        Text(FailureKind.Overloaded, "high demand", "Azure, Gemini"),
        Text(FailureKind.Overloaded, "at capacity", "Fireworks, gateways"),
        Text(FailureKind.Overloaded, "capacity exceeded", "Groq, Mistral"),
        // Its estimated_time says for how long.
        Text(FailureKind.Overloaded, "is currently loading", "Hugging Face"),
    ];

    private static VendorWording Slow(string words, string vendors) => new(FailureKind.RateLimited, WordingPlace.Sign, words, vendors);

    private static VendorWording Busy(string words, string vendors) => new(FailureKind.Overloaded, WordingPlace.Sign, words, vendors);

    private static VendorWording Bare(FailureKind means, string words, string vendors) => new(means, WordingPlace.BareCode, words, vendors);

    private static VendorWording Text(FailureKind means, string words, string vendors) => new(means, WordingPlace.Text, words, vendors);
}
