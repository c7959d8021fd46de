using ServerlessRouter.Errors;

namespace ServerlessRouter.Providers.Failures;

/// <summary>A content filter refused the prompt or the answer.</summary>
internal static class FilterWordings
{
    public static readonly VendorWording[] All =
    [
        Sign("content_filter", "Azure, Moonshot"),
        Sign("ResponsibleAIPolicyViolation", "Azure"),
        Sign("content_policy_violation", "OpenAI"),
        // usestrix/strix#1162: reasoning models refuse a prompt with this code.
        Sign("invalid_prompt", "OpenAI"),
        Sign("cyber_policy_violation", "OpenAI"),
        Sign("bio_policy", "OpenAI"),
        Sign("image_content_policy_violation", "OpenAI"),
        Sign("moderation_blocked", "OpenAI"),
        Sign("moderation", "OpenRouter"),
        // BerriAI/litellm PR#4365
        Sign("data_inspection_failed", "DashScope"),
        Sign("PROHIBITED_CONTENT", "Gemini"),
        Sign("BLOCKLIST", "Gemini"),
        Sign("censorship_blocked", "StepFun"),
        Sign("SensitiveContentDetected", "Volcengine"),
        Sign("InputTextSensitiveContentDetected", "Volcengine"),
        Sign("InputImageSensitiveContentDetected", "Volcengine"),
        Sign("OutputTextSensitiveContentDetected", "Volcengine"),
        Sign("base_resp_1026", "MiniMax"),
        Sign("base_resp_1027", "MiniMax"),
        new(FailureKind.ContentFiltered, WordingPlace.BareCode, "1301", "Zhipu"),
        // deepseek-ai/awesome-deepseek-integration#13
        Text("Content Exists Risk", "DeepSeek"),
        // 666ghj/BettaFish#368
        Text("considered high risk", "Moonshot"),
        Text("requires moderation", "OpenRouter"),
        Text("content management policy", "Azure"),
        Text("flagged as potentially violating", "OpenAI"),
        Text("rejected as a result of our safety system", "OpenAI"),
        // anthropics/claude-code#6195
        Text("blocked by content filtering policy", "Anthropic"),
        // stanford-crfm/helm PR#3770
        Text("violates usage guidelines", "xAI"),
        Text("may contain inappropriate content", "DashScope"),
        Text("prompt was blocked", "Gemini"),
        Text("blockReason", "Gemini"),
        Text("PROHIBITED_CONTENT", "Gemini"),
        Text("unsafe or sensitive content", "Z.ai"),
        Text("不安全或敏感内容", "Zhipu"),
        Text("new_sensitive", "MiniMax"),
        Text("content is blocked by the content review", "StepFun"),
        Text("blocked by content filter", "Bedrock, Mistral"),
    ];

    private static VendorWording Sign(string words, string vendors) => new(FailureKind.ContentFiltered, WordingPlace.Sign, words, vendors);

    private static VendorWording Text(string words, string vendors) => new(FailureKind.ContentFiltered, WordingPlace.Text, words, vendors);
}
