using ServerlessRouter.Errors;

namespace ServerlessRouter.Providers.Failures;

/// <summary>Quota, credit or budget at the vendor is used up: nothing goes until a person pays or a period ends.</summary>
internal static class CreditWordings
{
    public static readonly VendorWording[] All =
    [
        Sign("insufficient_quota", "OpenAI, Azure, Together"),
        Sign("billing_hard_limit_reached", "OpenAI"),
        Sign("billing_not_active", "OpenAI"),
        Sign("billing_error", "Anthropic"),
        // MoonshotAI/kimi-code PR#1857
        Sign("exceeded_current_quota_error", "Moonshot"),
        // alibaba/spring-ai-alibaba#1146
        Sign("Arrearage", "DashScope"),
        Sign("AllocationQuota.FreeTierOnly", "DashScope"),
        Sign("insufficient_balance", "DeepSeek, Venice, gateways"),
        // modelscope/modelscope#1691
        Sign("insufficient_balance_error", "MiniMax"),
        Sign("insufficient_credits", "OpenRouter, gateways"),
        Sign("insufficient_user_quota", "One API, New API"),
        Sign("pre_consume_token_quota_failed", "One API, New API"),
        Sign("AccountOverdueError", "Volcengine"),
        Sign("ServiceQuotaExceededException", "Bedrock"),
        Sign("budget_exceeded", "LiteLLM"),
        Sign("usage_limit_reached", "OpenAI"),
        Sign("organization_usage_limit_exceeded", "OpenAI"),
        Sign("organization_spend_limit_exceeded", "OpenAI"),
        Sign("project_spend_limit_exceeded", "OpenAI"),
        Sign("credit_balance_exhausted", "OpenAI"),
        Sign("enforced_spend_limit_reached", "Anthropic"),
        // A 400 behind an owner's own spend limit, says console.groq.com/docs/spend-limits.
        Sign("blocked_api_access", "Groq"),
        Sign("AccountQuotaExceeded", "Volcengine"),
        Sign("base_resp_1008", "MiniMax"),
        Sign("base_resp_2056", "MiniMax"),
        Bare("1113", "Zhipu"),
        Bare("1308", "Zhipu, Z.ai"),
        Bare("1309", "Zhipu, Z.ai"),
        Bare("1310", "Zhipu, Z.ai"),
        Text("credit balance is too low", "Anthropic"),
        // anthropics/claude-code#38035, #2127
        Text("specified API usage limits", "Anthropic"),
        // MiniMax-AI/MiniMax-M2#62, XiaomiMiMo/MiMo#99
        Text("insufficient balance", "DeepSeek, MiniMax, Moonshot"),
        Text("insufficient account balance", "MiMo, gateways"),
        Text("insufficient account funds", "MiMo"),
        Text("insufficient credit", "OpenRouter"),
        Text("requires more credits", "OpenRouter"),
        // continuedev/continue#10373
        Text("used all available credits", "xAI"),
        Text("monthly spending limit", "xAI"),
        Text("monthly spending cap", "Gemini"),
        Text("prepayment credits are depleted", "Gemini"),
        Text("daily free allocation", "Cloudflare"),
        Text("credit limit exceeded", "Together"),
        Text("exceeded your monthly included credits", "Hugging Face"),
        Text("account balance is insufficient", "SiliconFlow"),
        // MicrosoftDocs/azure-docs#16282: a 403 that says when the quota comes back.
        Text("Out of call volume quota", "Azure API Management"),
        Text("Out of bandwidth quota", "Azure API Management"),
        Text("account is in good standing", "DashScope"),
        // RooCodeInc/Roo-Code#12309
        Text("overdue account", "DashScope"),
        Text("free tier of the model has been exhausted", "DashScope"),
        // MoonshotAI/kimi-code#3014
        Text("usage limit for this billing cycle", "Kimi"),
        Text("reached your*usage limit", "Ollama"),
        Text("account is not active, please check your billing", "OpenAI"),
        Text("budget has been exceeded", "LiteLLM"),
        // A limit of nothing never opens; other figures are bursts with a retryDelay.
        Text("Quota exceeded for metric*limit: 0 Please", "Gemini"),
        Text("Quota exceeded for metric*limit: 0, ", "Gemini"),
        Text("余额不足", "Zhipu, SiliconFlow, New API"),
        Text("欠费", "Zhipu, Volcengine"),
        Text("额度不足", "One API, New API"),
    ];

    private static VendorWording Sign(string words, string vendors) => new(FailureKind.QuotaExhausted, WordingPlace.Sign, words, vendors);

    private static VendorWording Bare(string words, string vendors) => new(FailureKind.QuotaExhausted, WordingPlace.BareCode, words, vendors);

    private static VendorWording Text(string words, string vendors) => new(FailureKind.QuotaExhausted, WordingPlace.Text, words, vendors);
}
