using System.Collections.Frozen;
using System.Text.Json.Nodes;

namespace ServerlessRouter.Testing.Upstreams;

/// <summary>Refuses what the vendors would refuse, so that a mistake in translation does not pass a test.</summary>
internal static class RequestCheck
{
    // Anthropic answers 400 to a field it does not know, OpenAI-compatible vendors mostly do not.
    private static readonly FrozenSet<string> AnthropicFields = new[]
    {
        "model", "messages", "max_tokens", "system", "metadata", "stop_sequences", "stream", "temperature", "top_p", "top_k", "tools", "tool_choice", "thinking",
        "service_tier", "container", "context_management", "mcp_servers", "output_config", "output_format", "cache_control", "inference_geo", "speed",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>The vendor's refusal; null when it would answer.</summary>
    public static Reply? Refuse(UpstreamRequest request, string? requiredKey)
    {
        if (request.Dialect == Dialect.Unknown || request.Method != "POST")
            return Reply.Error(404, $"Unknown request URL: {request.Method} {request.Path}.", "invalid_request_error", "unknown_url");
        if (requiredKey is not null && KeyOf(request) != requiredKey)
            return Reply.InvalidKey();
        if (request.Json is not { } json)
            return BadRequest("The body is not a JSON object.");
        if (request.Model is null)
            return BadRequest("you must provide a model parameter", "model");
        if (request.IsForEmbeddings)
            return request.Inputs is null ? BadRequest("'$.input' is invalid.", "input") : RefuseAzure(request);
        if (request.Dialect == Dialect.Responses)
            return ResponsesCheck.Refuse(json) is { } refused ? BadRequest(refused.Message, refused.Param) : null;
        if (json["messages"] is not JsonArray { Count: > 0 } messages)
            return BadRequest("'messages' must be a non-empty array.", "messages");
        return request.Dialect switch
        {
            Dialect.Anthropic => RefuseAnthropic(request, json, messages),
            _ => RefuseAzure(request),
        };
    }

    private static Reply? RefuseAzure(UpstreamRequest request) => request.DeploymentInPath is not null && !request.Query.Contains("api-version=", StringComparison.Ordinal)
        ? Reply.Error(404, "Resource not found", "invalid_request_error", "404")
        : null;

    private static Reply? RefuseAnthropic(UpstreamRequest request, JsonObject json, JsonArray messages)
    {
        if (!request.Headers.ContainsKey("anthropic-version"))
            return BadRequest("anthropic-version: header is required");
        if (json["max_tokens"] is not JsonValue limit || !limit.TryGetValue(out int maxTokens) || maxTokens < 0)
            return BadRequest("max_tokens: Field required");
        foreach (var (field, _) in json)
        {
            if (!AnthropicFields.Contains(field))
                return BadRequest($"{field}: Extra inputs are not permitted");
        }
        foreach (var message in messages)
        {
            if (message?["role"]?.ToString() is not ("user" or "assistant"))
                return BadRequest("messages: Unexpected role. The Messages API takes 'user' and 'assistant'; the system prompt is a top-level field.");
        }
        return AnthropicCheck.Refuse(json, messages) is { } refusal ? BadRequest(refusal) : null;
    }

    private static string? KeyOf(UpstreamRequest request)
    {
        const string Bearer = "Bearer ";
        if (request.Headers.TryGetValue("Authorization", out var authorization) && authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
            return authorization[Bearer.Length..];
        var header = request.Dialect == Dialect.Anthropic ? "x-api-key" : "api-key";
        return request.Headers.GetValueOrDefault(header);
    }

    private static Reply BadRequest(string message, string? param = null) => Reply.Error(400, message, "invalid_request_error", param: param);
}
