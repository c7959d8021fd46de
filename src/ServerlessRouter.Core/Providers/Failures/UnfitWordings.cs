using ServerlessRouter.Errors;

namespace ServerlessRouter.Providers.Failures;

/// <summary>This deployment can never take this request, others may: more than its account may send at once, a feature its model lacks, or an answer its model cannot bring into form.</summary>
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
        Text("image_url is only supported by certain models", "OpenAI"),
        Text("audio input is not supported", "llama.cpp"),
        Text("At most*image(s) may be provided", "vLLM"),
        // What only tunes, at other models allowed: openai/openai-python#2072
        Sign("unsupported_parameter", "OpenAI, Azure"),
        Sign("unsupported_value", "OpenAI, Azure"),
        // Reasoning that another account sealed: openai/codex#3573, BerriAI/litellm#18094
        Sign("invalid_encrypted_content", "OpenAI, Azure"),
        Text("encrypted content*could not be verified", "OpenAI, Azure"),
        Text("is not supported with this model", "OpenAI, Groq"),
        Text("is not supported by this model", "gateways"),
        Text("is not supported for this model", "gateways"),
        Text("is not enabled for this model", "Gemini, Mistral"),
        Text("is not enabled for models/", "Gemini"),
        Text("this model doesn't support", "Bedrock"),
        Text("this model does not support", "Anthropic, gateways"),
        Text("does not support function calling", "Together, DeepSeek"),
        Text("does not support this tool_choice", "DeepSeek"),
        Text("response_format type is unavailable", "DeepSeek"),
        Text("requires --enable-auto-tool-choice", "vLLM"),
        Text("requires --jinja", "llama.cpp"),
        // The model's own slip, said with a 400: tashfeenahmed/freellmapi#168, pydantic/pydantic-ai PR#4354
        Sign("tool_use_failed", "Groq"),
        Sign("json_validate_failed", "Groq"),
        Sign("output_parse_failed", "Groq"),
    ];

    private static VendorWording Sign(string words, string vendors) => new(FailureKind.NotExpressible, WordingPlace.Sign, words, vendors);

    private static VendorWording Text(string words, string vendors) => new(FailureKind.NotExpressible, WordingPlace.Text, words, vendors);
}
