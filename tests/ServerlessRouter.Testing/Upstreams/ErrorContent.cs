using System.Text.Json.Nodes;

namespace ServerlessRouter.Testing.Upstreams;

/// <summary>A vendor's error; Anthropic's bodies take their type from the status.</summary>
internal sealed record ErrorContent(int Status, string Message, string Type, string? Code = null, string? Param = null) : ReplyContent
{
    /// <summary>Azure's details of a content filter.</summary>
    public string? InnerErrorJson { get; init; }

    public JsonObject ToJson(Dialect dialect) => dialect == Dialect.Anthropic
        ? new JsonObject { ["type"] = "error", ["error"] = new JsonObject { ["type"] = AnthropicType, ["message"] = Message } }
        : new JsonObject { ["error"] = OpenAiError() };

    private string AnthropicType => Status switch
    {
        400 or 422 => "invalid_request_error",
        401 => "authentication_error",
        403 => "permission_error",
        404 => "not_found_error",
        413 => "request_too_large",
        429 => "rate_limit_error",
        529 => "overloaded_error",
        _ => "api_error",
    };

    private JsonObject OpenAiError()
    {
        var error = new JsonObject { ["message"] = Message, ["type"] = Type, ["param"] = Param, ["code"] = Code };
        if (InnerErrorJson is not null)
        {
            error["status"] = Status;
            error["innererror"] = JsonNode.Parse(InnerErrorJson);
        }
        return error;
    }
}
