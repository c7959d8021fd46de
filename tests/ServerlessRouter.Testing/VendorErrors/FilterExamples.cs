using static ServerlessRouter.Errors.FailureKind;
using static ServerlessRouter.Testing.VendorErrors.VendorErrorExample;

namespace ServerlessRouter.Testing.VendorErrors;

/// <summary>A content filter refused.</summary>
internal static class FilterExamples
{
    public static readonly VendorErrorExample[] All =
    [
        new(ContentFiltered, "Azure", 400, """{"error":{"message":"Refused","type":null,"param":"prompt","code":"content_filter","status":400,"innererror":{"code":"ResponsibleAIPolicyViolation","content_filter_result":{"hate":{"filtered":true,"severity":"high"}}}}}"""),
        new(ContentFiltered, "Azure", 400, """{"error":{"message":"Refused","type":null,"param":"prompt","code":null,"status":400,"innererror":{"code":"ResponsibleAIPolicyViolation"}}}"""),
        new(ContentFiltered, "Azure", 400, """{"error":{"message":"The response was filtered due to the prompt triggering Azure OpenAI's content management policy.","code":null}}"""),
        Of(ContentFiltered, "OpenAI", 400, "Refused", "content_policy_violation"),
        Of(ContentFiltered, "OpenAI", 400, "Invalid prompt: your prompt was flagged as potentially violating our usage policy. Please try again with a different prompt.", "invalid_prompt"),
        Of(ContentFiltered, "OpenAI", 400, "Your prompt was flagged as potentially violating our usage policy."),
        Of(ContentFiltered, "OpenAI", 400, "Refused", "cyber_policy_violation"),
        Of(ContentFiltered, "OpenAI", 400, "Refused", "bio_policy"),
        Of(ContentFiltered, "OpenAI", 400, "Refused", "image_content_policy_violation"),
        Of(ContentFiltered, "OpenAI", 400, "Refused", "moderation_blocked"),
        Of(ContentFiltered, "OpenAI", 400, "Your request was rejected as a result of our safety system."),
        new(ContentFiltered, "OpenRouter", 403, """{"error":{"message":"openai/x requires moderation on OpenAI. Your input was flagged for \"violence\". No credits were charged.","code":403,"metadata":{"reasons":["violence"],"flagged_input":"x","provider_name":"OpenAI","model_slug":"openai/x"}}}"""),
        new(ContentFiltered, "OpenRouter", 403, """{"error":{"message":"Flagged","code":403,"type":"moderation"}}"""),
        Of(ContentFiltered, "DashScope", 400, "Refused", "data_inspection_failed", "data_inspection_failed"),
        new(ContentFiltered, "DashScope", 400, """{"code":"DataInspectionFailed","message":"Output data","request_id":"1"}"""),
        Of(ContentFiltered, "DashScope", 400, "Input data may contain inappropriate content."),
        Gemini(ContentFiltered, 400, "Refused", "INVALID_ARGUMENT", "PROHIBITED_CONTENT"),
        Gemini(ContentFiltered, 400, "Refused", "INVALID_ARGUMENT", "BLOCKLIST"),
        Gemini(ContentFiltered, 400, "The prompt was blocked because of SAFETY.", "INVALID_ARGUMENT"),
        Gemini(ContentFiltered, 400, "promptFeedback: blockReason OTHER", "INVALID_ARGUMENT"),
        Gemini(ContentFiltered, 400, "Request contains PROHIBITED_CONTENT", "INVALID_ARGUMENT"),
        Of(ContentFiltered, "StepFun", 451, "Refused", "censorship_blocked", "censorship_blocked"),
        Of(ContentFiltered, "StepFun", 451, "The content is blocked by the content review"),
        Of(ContentFiltered, "Volcengine", 400, "Refused", "SensitiveContentDetected"),
        Of(ContentFiltered, "Volcengine", 400, "Refused", "InputTextSensitiveContentDetected"),
        Of(ContentFiltered, "Volcengine", 400, "Refused", "InputImageSensitiveContentDetected"),
        Of(ContentFiltered, "Volcengine", 400, "Refused", "OutputTextSensitiveContentDetected"),
        MiniMax(ContentFiltered, 1026, "sensitive"),
        MiniMax(ContentFiltered, 1027, "sensitive"),
        new(ContentFiltered, "MiniMax", 422, """{"type":"error","error":{"type":"unprocessable_entity_error","message":"input new_sensitive (1026)"}}"""),
        Zhipu(ContentFiltered, 400, "1301", "敏感"),
        Zhipu(ContentFiltered, 400, "400", "系统检测到输入或生成内容可能包含不安全或敏感内容，请您避免输入易产生敏感内容的提示语，感谢您的配合。"),
        Zhipu(ContentFiltered, 400, "400", "System detected potentially unsafe or sensitive content in input or generation."),
        Of(ContentFiltered, "DeepSeek", 400, "Content Exists Risk", "invalid_request_error"),
        new(ContentFiltered, "DeepSeek", 400, """{"detail":"Content Exists Risk"}"""),
        new(ContentFiltered, "Moonshot", 400, """{"error":{"code":400,"message":"The request was rejected because it was considered high risk","param":"prompt"}}"""),
        Claude(ContentFiltered, 400, "Output blocked by content filtering policy"),
        new(ContentFiltered, "xAI", 403, """{"code":"The caller does not have permission to execute the specified operation","error":"Content violates usage guidelines. Failed check: SAFETY_CHECK_TYPE_BIO"}"""),
        Amazon(ContentFiltered, 400, "The generated image has been blocked by content filters."),
    ];
}
