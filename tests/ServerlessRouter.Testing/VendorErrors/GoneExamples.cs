using static ServerlessRouter.Errors.FailureKind;
using static ServerlessRouter.Testing.VendorErrors.VendorErrorExample;

namespace ServerlessRouter.Testing.VendorErrors;

/// <summary>The model is not known, or no longer served.</summary>
internal static class GoneExamples
{
    public static readonly VendorErrorExample[] All =
    [
        Of(DeploymentNotFound, "OpenAI", 404, "The model `gpt-9` does not exist or you do not have access to it.", "model_not_found"),
        Of(DeploymentNotFound, "OpenAI", 400, "The model `gpt-9` does not exist or you do not have access to it."),
        Flat(DeploymentNotFound, "vLLM", 400, "The model `x` does not exist.", "NotFoundError"),
        new(DeploymentNotFound, "Azure", 400, """{"error":{"code":"DeploymentNotFound","message":"The API deployment for this resource is gone."}}"""),
        new(DeploymentNotFound, "Azure", 400, """{"error":{"code":"OperationNotSupported","message":"The chatCompletion operation does not work with the specified model."}}"""),
        Of(DeploymentNotFound, "Groq", 400, "The model is off.", "model_decommissioned"),
        Of(DeploymentNotFound, "Groq", 400, "The model `llama-2` has been decommissioned and is no longer supported."),
        Of(DeploymentNotFound, "Hugging Face", 400, "Nothing serves it.", "model_not_supported"),
        Of(DeploymentNotFound, "Hugging Face", 400, "The requested model 'x/y' is not supported by any provider you have enabled."),
        Flat(DeploymentNotFound, "Mistral", 400, "Invalid model: up-gpt", "invalid_model"),
        Flat(DeploymentNotFound, "Mistral", 400, "Invalid model: up-gpt", "invalid_request_error"),
        new(DeploymentNotFound, "Together", 400, """{"id":"o","error":{"message":"Nothing here","type":"invalid_request_error","param":null,"code":"model_not_available"}}"""),
        new(DeploymentNotFound, "Together", 400, """{"error":{"message":"Unable to access non-serverless model a/b. Please visit https://api.together.ai/models/a/b to create one.","type":"invalid_request_error"}}"""),
        new(DeploymentNotFound, "Together", 400, """{"error":{"message":"Unable to access model a/b. Please visit https://api.together.ai/models","type":"invalid_request_error"}}"""),
        Of(DeploymentNotFound, "Volcengine", 400, "Your account has not opened it.", "ModelNotOpen"),
        Of(DeploymentNotFound, "Volcengine", 400, "It is not there.", "InvalidEndpointOrModel.NotFound"),
        new(DeploymentNotFound, "Moonshot", 400, """{"error":{"message":"Not found the model kimi-x or Permission denied","type":"resource_not_found_error"}}"""),
        Zhipu(DeploymentNotFound, 400, "1211", "找不到"),
        Zhipu(DeploymentNotFound, 400, "400", "模型不存在，请检查模型代码。"),
        Zhipu(DeploymentNotFound, 400, "1214", "modelCode: does not exist"),
        Of(DeploymentNotFound, "DeepSeek", 400, "Model Not Exist", "invalid_request_error"),
        new(DeploymentNotFound, "xAI", 400, """{"code":"Client specified an invalid argument","error":"Model not found: grok-9"}"""),
        new(DeploymentNotFound, "Ollama", 400, """{"error":"model \"llama9\" not found, try pulling it first"}"""),
        new(DeploymentNotFound, "Ollama", 400, """{"error":"model 'llama9' not found"}"""),
        new(DeploymentNotFound, "a gateway", 400, """{"error":"model `llama9` not found"}"""),
        new(DeploymentNotFound, "a gateway", 400, "No such model"),
        Of(DeploymentNotFound, "MiniMax", 400, "invalid params, unknown model 'm9' (2013)"),
        new(DeploymentNotFound, "LiteLLM", 400, """{"error":{"message":"Invalid model name passed in model=x. Call /v1/models to view available models for your key.","type":null,"param":null,"code":"400"}}"""),
        new(DeploymentNotFound, "OpenRouter", 400, """{"error":{"message":"a/b is not a valid model ID","code":400},"user_id":"user_1"}"""),
        new(DeploymentNotFound, "OpenRouter", 404, """{"error":{"message":"No endpoints found for a/b.","code":404},"user_id":"user_1"}"""),
        new(DeploymentNotFound, "OpenRouter", 400, """{"error":{"message":"No endpoints found for a/b.","code":400}}"""),
        new(DeploymentNotFound, "OpenRouter", 400, """{"error":{"message":"No endpoints found matching your data policy. Configure: https://openrouter.ai/settings/privacy","code":400}}"""),
        new(DeploymentNotFound, "OpenRouter", 400, """{"error":{"message":"No endpoints available matching your guardrail restrictions and data policy.","code":400}}"""),
        new(DeploymentNotFound, "OpenRouter", 400, """{"error":{"message":"No allowed providers are available for the selected model.","code":400}}"""),
        new(DeploymentNotFound, "NVIDIA", 410, """{"type":"urn:inference-service:problem-details:gone","title":"Gone","status":410,"detail":"The model has reached its end of life on 2026-03-01 and is no longer available."}"""),
        Amazon(DeploymentNotFound, 400, "This model version has reached the end of life. Please refer to the AWS documentation for more details."),
        Amazon(DeploymentNotFound, 400, "The provided model identifier is invalid."),
        Amazon(DeploymentNotFound, 400, "You don't have access to the model with the specified model ID."),
        Gemini(DeploymentNotFound, 404, "models/gemini-1.0 is not found for API version v1main", "NOT_FOUND"),
        Gemini(DeploymentNotFound, 400, "This model models/gemini-1.5 is no longer available to new users.", "INVALID_ARGUMENT"),
        Of(DeploymentNotFound, "Perplexity", 400, "The model sonar-old is no longer supported."),
        new(DeploymentNotFound, "Cohere", 400, """{"message":"model 'command' has been deprecated. Please use another."}"""),
        new(DeploymentNotFound, "Cohere", 400, """{"message":"model 'command-r-03-2024' has been removed on September 15, 2025."}"""),
        Claude(DeploymentNotFound, 400, "model claude-2 is retired"),
        new(DeploymentNotFound, "LM Studio", 400, """{"error":{"message":"Invalid model identifier \"x\". There are no downloaded llm models with this path.","type":"invalid_request_error"}}"""),
        new(DeploymentNotFound, "LM Studio", 404, """{"error":"No models loaded. Please load a model in the developer page."}"""),
        new(DeploymentNotFound, "LM Studio", 400, """{"error":"No models loaded. Please load a model in the developer page."}"""),
        new(DeploymentNotFound, "a web server", 404, "<html>404 Not Found</html>"),
        new(DeploymentNotFound, "a web server", 405, "Method Not Allowed"),
        new(DeploymentNotFound, "a web server", 302, ""),
    ];
}
