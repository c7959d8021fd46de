using ServerlessRouter.Errors;

namespace ServerlessRouter.Providers.Failures;

/// <summary>The router's own key, account, organisation or place is not accepted, with whatever status that is said.</summary>
internal static class CredentialWordings
{
    public static readonly VendorWording[] All =
    [
        Sign("invalid_api_key", "OpenAI, Groq, Together, DashScope"),
        Sign("wrong_api_key", "Cerebras"),
        Sign("expired_api_key", "Groq, gateways"),
        Sign("missing_api_key", "gateways"),
        Sign("authentication_error", "Anthropic, DeepSeek, Volcengine"),
        Sign("invalid_authentication_error", "Moonshot"),
        Sign("incorrect_api_key_error", "Moonshot"),
        Sign("permission_error", "Anthropic"),
        Sign("account_deactivated", "OpenAI"),
        Sign("invalid_organization", "OpenAI"),
        Sign("mismatched_organization", "OpenAI"),
        Sign("mismatched_project", "OpenAI"),
        Sign("unsupported_country_region_territory", "OpenAI"),
        Sign("organization_restricted", "Groq"),
        // google-gemini/gemini-cli#25198, continuedev/continue#10902
        Sign("API_KEY_INVALID", "Gemini"),
        Sign("API_KEY_SERVICE_BLOCKED", "Gemini"),
        Sign("API_KEY_HTTP_REFERRER_BLOCKED", "Gemini"),
        Sign("API_KEY_IP_ADDRESS_BLOCKED", "Gemini"),
        Sign("CONSUMER_SUSPENDED", "Gemini"),
        Sign("CONSUMER_INVALID", "Gemini"),
        Sign("SERVICE_DISABLED", "Gemini"),
        Sign("ACCESS_TOKEN_EXPIRED", "Vertex AI"),
        Sign("UNAUTHENTICATED", "Gemini, Vertex AI"),
        Sign("PERMISSION_DENIED", "Gemini, Vertex AI"),
        Sign("UnrecognizedClientException", "Bedrock"),
        Sign("InvalidSignatureException", "Bedrock"),
        Sign("ExpiredTokenException", "Bedrock"),
        Sign("AccessDeniedException", "Bedrock"),
        Sign("base_resp_1004", "MiniMax"),
        Sign("base_resp_2049", "MiniMax"),
        Bare("1000", "Zhipu"),
        Bare("1001", "Zhipu"),
        Bare("1002", "Zhipu"),
        Bare("1003", "Zhipu"),
        Bare("1004", "Zhipu"),
        Bare("1110", "Zhipu"),
        Bare("1111", "Zhipu"),
        Bare("1112", "Zhipu"),
        Text("API key not valid", "Gemini"),
        // SamuelSchmidgall/AgentLaboratory#33, Wei-Shaw/sub2api#1709
        Text("API key expired", "Gemini"),
        Text("API key not found", "Gemini"),
        Text("API key was reported as leaked", "Gemini"),
        // continuedev/continue#10778; percent-encoded in i-am-bee/beeai-framework#447
        Text("Incorrect API key provided", "xAI, OpenAI, DashScope"),
        Text("invalid API key", "Together, Groq, Fireworks"),
        Text("invalid API-key", "DashScope"),
        Text("invalid x-api-key", "Anthropic"),
        Text("wrong API key", "Cerebras"),
        Text("API key is invalid", "DeepSeek, Moonshot"),
        Text("API key*is invalid", "DeepSeek"),
        Text("API key*disabled", "xAI, OpenRouter"),
        Text("API key*blocked", "xAI"),
        Text("API key*revoked", "OpenAI, gateways"),
        Text("API key*has expired", "Groq, gateways"),
        Text("API key*suspended", "gateways"),
        Text("API key*doesn't exist", "Volcengine"),
        Text("didn't provide an API key", "OpenAI"),
        Text("no API key", "xAI, gateways"),
        Text("missing API key", "gateways"),
        Text("API key is required", "gateways"),
        Text("API key is missing", "gateways"),
        Text("no auth credentials found", "OpenRouter"),
        Text("invalid authentication", "Moonshot, OpenAI"),
        Text("authentication fails", "DeepSeek"),
        Text("authentication error", "Cloudflare"),
        Text("unable to authenticate", "Cloudflare"),
        Text("access token invalid or no longer valid", "Baidu"),
        Text("access token expired", "Baidu"),
        Text("invalid access token", "Databricks, gateways"),
        Text("invalid subscription key", "Azure"),
        Text("login fail: please carry the API secret key", "MiniMax"),
        Text("has been suspended", "Gemini"),
        Text("account*suspended", "gateways"),
        Text("account*deactivated", "OpenAI"),
        Text("organization has been disabled", "Anthropic"),
        Text("organization has been restricted", "Groq"),
        Text("no such organization", "OpenAI"),
        Text("header should match organization", "OpenAI"),
        Text("header should match project", "OpenAI"),
        // poenl/gemini-api#4
        Text("user location is not supported", "Gemini"),
        Text("country, region, or territory not supported", "OpenAI"),
        Text("from unsupported countries", "Bedrock"),
        Text("not available in your country", "gateways"),
        Text("not available in your region", "gateways"),
        Text("security token included in the request is", "Bedrock"),
        Text("not authorized to perform", "Bedrock"),
        Text("无效的令牌", "One API, New API"),
    ];

    private static VendorWording Sign(string words, string vendors) => new(FailureKind.CredentialRefused, WordingPlace.Sign, words, vendors);

    private static VendorWording Bare(string words, string vendors) => new(FailureKind.CredentialRefused, WordingPlace.BareCode, words, vendors);

    private static VendorWording Text(string words, string vendors) => new(FailureKind.CredentialRefused, WordingPlace.Text, words, vendors);
}
