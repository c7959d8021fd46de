using ServerlessRouter.Errors;

namespace ServerlessRouter.Providers.Wordings;

/// <summary>This deployment can never take this request, others may: more than its account may send at once, or a feature its model lacks.</summary>
internal static class UnfitWordings
{
    public static readonly VendorWording[] All =
    [
        // continuedev/continue#10218 (413), vanna-ai/vanna-flask#11 (429): above the account's tokens per minute, so that no waiting helps.
        Text("Request too large for", "Groq, OpenAI"),
        Sign("request_too_large", "Anthropic"),
        // anthropics/claude-code#29584
        Text("Extra usage is required for long context", "Anthropic"),
        Text("long context beta is not yet available", "Anthropic"),
        // github/app#2163, anomalyco/opencode#1675
        Text("No endpoints found that support", "OpenRouter"),
        Text("No endpoints found that can handle", "OpenRouter"),
        Text("does not support tools", "Ollama"),
        Text("does not support image", "Groq, Cerebras"),
        Text("image input is not supported", "llama.cpp"),
        Text("is not a multimodal model", "vLLM, SGLang"),
        Text("unknown variant `image_url`", "DeepSeek"),
    ];

    private static VendorWording Sign(string words, string vendors) => new(FailureKind.NotExpressible, WordingPlace.Sign, words, vendors);

    private static VendorWording Text(string words, string vendors) => new(FailureKind.NotExpressible, WordingPlace.Text, words, vendors);
}
