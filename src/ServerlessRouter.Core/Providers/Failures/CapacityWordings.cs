using ServerlessRouter.Errors;

namespace ServerlessRouter.Providers.Failures;

/// <summary>Too busy right now: time alone mends it.</summary>
internal static class CapacityWordings
{
    public static readonly VendorWording[] All =
    [
        Busy("overloaded_error", "Anthropic"),
        Busy("overloaded", "gateways"),
        Busy("engine_overloaded_error", "Moonshot"),
        Busy("server_is_overloaded", "OpenAI"),
        Busy("capacity_exceeded", "Groq"),
        Busy("flex_capacity_exceeded", "Groq"),
        Busy("service_tier_capacity_exceeded", "Mistral"),
        Busy("NoCapacity", "Azure"),
        Busy("ModelNotReadyException", "Bedrock"),
        Bare("1305", "Zhipu"),
        Text("overloaded", "Gemini, Anthropic, SiliconFlow"),
        Text("high demand", "Azure, Gemini"),
        Text("at capacity", "Fireworks, gateways"),
        Text("capacity exceeded", "Groq, Mistral"),
        // Its estimated_time says for how long.
        Text("is currently loading", "Hugging Face"),
    ];

    private static VendorWording Busy(string words, string vendors) => new(FailureKind.Overloaded, WordingPlace.Sign, words, vendors);

    private static VendorWording Bare(string words, string vendors) => new(FailureKind.Overloaded, WordingPlace.BareCode, words, vendors);

    private static VendorWording Text(string words, string vendors) => new(FailureKind.Overloaded, WordingPlace.Text, words, vendors);
}
