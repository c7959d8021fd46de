using ServerlessRouter.Errors;

namespace ServerlessRouter.Providers.Failures;

/// <summary>The vendor does not know, or no longer serves, the model the configuration names.</summary>
internal static class GoneWordings
{
    public static readonly VendorWording[] All =
    [
        Sign("model_not_found", "OpenAI, Groq, Cerebras, DashScope"),
        Sign("DeploymentNotFound", "Azure"),
        Sign("OperationNotSupported", "Azure"),
        Sign("model_decommissioned", "Groq"),
        Sign("model_not_supported", "Hugging Face"),
        Sign("invalid_model", "Mistral"),
        Sign("model_not_available", "Together"),
        Sign("ModelNotOpen", "Volcengine"),
        Sign("InvalidEndpointOrModel.NotFound", "Volcengine"),
        Sign("resource_not_found_error", "Moonshot"),
        Bare("1211", "Zhipu"),
        Text("model*does not exist", "OpenAI, Groq, vLLM, SiliconFlow"),
        // ConardLi/easy-dataset#9
        Text("model not exist", "DeepSeek, DashScope"),
        Text("model not found", "xAI, Fireworks, gateways"),
        Text("model \"*\" not found", "Ollama"),
        Text("model '*' not found", "Ollama"),
        Text("model `*` not found", "gateways"),
        Text("no such model", "gateways"),
        Text("unknown model", "MiniMax, gateways"),
        Text("invalid model:", "Mistral"),
        Text("invalid model name", "LiteLLM, gateways"),
        Text("is not a valid model", "OpenRouter"),
        Text("No endpoints found for", "OpenRouter"),
        // truefoundry/models PR#826
        Text("No endpoints available matching", "OpenRouter"),
        Text("No endpoints found matching", "OpenRouter"),
        Text("no allowed providers are available", "OpenRouter"),
        // HeyPuter/puter#3168
        Text("unable to access model", "Together"),
        Text("unable to access non-serverless model", "Together"),
        Text("model*has been decommissioned", "Groq"),
        // diegosouzapw/OmniRoute#9832, NVIDIA/NemoClaw#10969
        Text("model*end of life", "NVIDIA, Bedrock"),
        Text("model*no longer available", "Gemini, gateways"),
        Text("model*no longer supported", "Perplexity, gateways"),
        Text("model*has been deprecated", "Cohere, gateways"),
        Text("model*has been removed", "Cohere"),
        Text("model*retired", "Anthropic, gateways"),
        Text("model identifier is invalid", "Bedrock"),
        Text("invalid model identifier", "LM Studio"),
        Text("no models loaded", "LM Studio"),
        Text("don't have access to the model", "Bedrock"),
        Text("requested model*is not supported", "Hugging Face, GitHub Copilot"),
        Text("模型不存在", "Zhipu"),
    ];

    private static VendorWording Sign(string words, string vendors) => new(FailureKind.DeploymentNotFound, WordingPlace.Sign, words, vendors);

    private static VendorWording Bare(string words, string vendors) => new(FailureKind.DeploymentNotFound, WordingPlace.BareCode, words, vendors);

    private static VendorWording Text(string words, string vendors) => new(FailureKind.DeploymentNotFound, WordingPlace.Text, words, vendors);
}
