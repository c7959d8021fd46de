using ServerlessRouter.Errors;

namespace ServerlessRouter.Providers.Failures;

/// <summary>The prompt, or prompt and answer together, are longer than the model's window: a larger one may take it.</summary>
internal static class LengthWordings
{
    public static readonly VendorWording[] All =
    [
        Sign("context_length_exceeded", "OpenAI, Azure, Groq, Cerebras"),
        Sign("exceed_context_size_error", "llama.cpp"),
        Sign("model_context_window_exceeded", "Z.ai"),
        Sign("context_window_exceeded", "gateways"),
        // openclaw/openclaw PR#3188
        Sign("context_overflow", "gateways"),
        Sign("tokens_limit_reached", "GitHub Models"),
        Sign("base_resp_1039", "MiniMax"),
        new(FailureKind.ContextLengthExceeded, WordingPlace.BareCode, "1261", "Zhipu"),
        Text("context length", "OpenAI, Azure, vLLM, SGLang, NVIDIA, Mistral, Fireworks, OpenRouter, LM Studio"),
        Text("context window", "OpenAI, MiniMax"),
        Text("context size", "llama.cpp"),
        Text("context limit", "Anthropic"),
        // entropy-research/Devon#88
        Text("prompt is too long", "Anthropic, Fireworks"),
        Text("prompt too long", "Ollama"),
        // run-llama/llama_index#7974
        Text("input is too long", "Bedrock, Replicate"),
        // google-gemini/gemini-cli#4692
        Text("input token count", "Gemini, Vertex AI"),
        Text("input tokens exceed", "OpenAI"),
        Text("token count*exceeds the limit", "GitHub Copilot"),
        Text("token count*cannot exceed", "Databricks"),
        Text("input tokens*cannot exceed", "watsonx"),
        // cline/cline#3120
        Text("maximum prompt length", "xAI"),
        // cline/cline#5140
        Text("reduce the length of the", "Groq, Cerebras, vLLM"),
        Text("reduce your prompt", "OpenAI"),
        Text("too many tokens: total number of tokens", "Cohere"),
        Text("total number of tokens in the prompt cannot exceed", "Cohere"),
        Text("too many input tokens", "Bedrock"),
        Text("expected maxLength:*actual", "Bedrock"),
        // huggingface/tgi-gaudi#146
        Text("tokens + `max_new_tokens` must be", "TGI, Together"),
        Text("tokens + max_new_tokens must be", "TGI"),
        Text("`inputs` must have less than", "TGI"),
        // sgl-project/sglang#4048
        Text("input length*exceeds the maximum allowed length", "SGLang"),
        Text("input length*exceeds the maximum length", "Volcengine"),
        Text("exceed max message tokens", "Volcengine"),
        // QwenLM/qwen-code#98
        Text("Range of input length should be", "DashScope"),
        // MoonshotAI/MoonshotAI-Cookbook#18
        Text("exceeded model token limit", "Moonshot"),
        Text("model max length exceeded", "Moonshot"),
        Text("too large for model with", "Mistral"),
        // BerriAI/litellm PR#21647
        Text("length of all messages is too long", "Perplexity"),
        Text("length of prompt_tokens*must be less than max_seq_len", "SiliconFlow"),
        Text("exceeds max_seq_len", "engines"),
        // Gabesarch/grounded-rl#16
        Text("longer than the maximum model length", "vLLM"),
        Text("exceeds maximum input length", "DeepInfra, TensorRT-LLM"),
        Text("= max_seq_len*prompt_len", "TensorRT-LLM"),
        Text("greater than max_seq_len", "TabbyAPI"),
        Text("prompt tokens too long", "Baidu"),
        // anomalyco/opencode#27519
        Text("more than max tokens allowed", "gateways"),
        Text("maximum number of tokens allowed", "Gemini"),
        Text("Invalid 'messages*string too long", "OpenAI"),
        Text("Invalid 'input*string too long", "OpenAI"),
        Text("request body too large for", "GitHub Models"),
        Text("Prompt 超长", "Zhipu"),
        Text("Prompt超长", "Zhipu"),
        Text("上下文长度", "gateways"),
    ];

    private static VendorWording Sign(string words, string vendors) => new(FailureKind.ContextLengthExceeded, WordingPlace.Sign, words, vendors);

    private static VendorWording Text(string words, string vendors) => new(FailureKind.ContextLengthExceeded, WordingPlace.Text, words, vendors);
}
