using System.Buffers;
using System.Text.Json;
using ServerlessRouter.Errors;
using ServerlessRouter.Json;

namespace ServerlessRouter.Doors.Messages;

/// <summary>Errors as Anthropic's API tells them: a type that follows from the status, and a message.</summary>
internal static class MessagesErrors
{
    private const int Overloaded = 529;

    /// <summary>Coding agents make room for a conversation when a message begins so.</summary>
    private const string TooLong = "prompt is too long";

    public static int StatusOf(RouterError error) => error switch
    {
        { Refusal: not null } => error.Status,
        { Code: RouterErrorCode.CapacityExhausted or RouterErrorCode.TemporarilyUnavailable } => Overloaded,
        { Code: RouterErrorCode.UpstreamError } => 500,
        _ => error.Status,
    };

    public static string TypeOf(RouterError error) => StatusOf(error) switch
    {
        401 => "authentication_error",
        402 => "billing_error",
        403 => "permission_error",
        404 => "not_found_error",
        408 or 504 => "timeout_error",
        413 => "request_too_large",
        429 => "rate_limit_error",
        Overloaded => "overloaded_error",
        >= 500 => "api_error",
        _ => "invalid_request_error",
    };

    public static void Write(RouterError error, string requestId, IBufferWriter<byte> output)
    {
        using var writer = new Utf8JsonWriter(output, MessagesDoor.WriterOptions);
        writer.WriteStartObject();
        writer.WriteString("type"u8, "error"u8);
        writer.WriteStartObject("error"u8);
        writer.WriteString("type"u8, TypeOf(error));
        writer.WriteString("message"u8, MessageOf(error));
        if (error.Limit is { } limit)
            RouterErrorJson.WriteMetadata(writer, limit);
        writer.WriteEndObject();
        writer.WriteString("request_id"u8, requestId);
        writer.WriteEndObject();
    }

    public static void WriteEvent(RouterError error, string requestId, IBufferWriter<byte> output)
    {
        output.Write("event: error\ndata: "u8);
        Write(error, requestId, output);
        output.Write("\n\n"u8);
    }

    /// <summary>The error that a chunk of the router's own tells, by its code.</summary>
    public static RouterError Read(JsonElement error)
    {
        var code = ElementJson.Text(error, "code"u8);
        var known = RouterErrorCode.UpstreamError;
        foreach (var candidate in Enum.GetValues<RouterErrorCode>())
        {
            if (RouterErrorTraits.Of(candidate).Code == code)
                known = candidate;
        }

        return new RouterError(known, ElementJson.Text(error, "message"u8) ?? "The answer broke off.");
    }

    /// <summary>The member at fault as callers of this API know it.</summary>
    public static RouterError InOwnWords(RouterError error)
    {
        if (error.Param is not { Length: > 0 } param)
            return error;
        var end = param.AsSpan().IndexOfAny('.', '[');
        var head = end < 0 ? param : param[..end];
        var tail = end < 0 ? "" : param[end..];
        return error with
        {
            Param = head switch
            {
                // Results of tools are messages of their own in a chat, so the place is another one.
                "messages" => "messages",
                "max_completion_tokens" => "max_tokens",
                "stop" => "stop_sequences",
                "user" or "safety_identifier" => "metadata.user_id",
                "parallel_tool_calls" => "tool_choice.disable_parallel_tool_use",
                "reasoning_effort" => "thinking",
                "response_format" => "output_config.format",
                "tools" => head + Dotted(tail).Replace(".function.parameters", ".input_schema", StringComparison.Ordinal).Replace(".function", "", StringComparison.Ordinal),
                _ => head + Dotted(tail),
            },
        };
    }

    private static string Dotted(string path) => path.Replace("[", ".", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal);

    private static string MessageOf(RouterError error)
    {
        var (message, code) = error.Refusal is { } refusal ? WordsOf(refusal) : default;
        message ??= error.Message;
        var isTooLong = error.Code == RouterErrorCode.ContextLengthExceeded || code == "context_length_exceeded";
        return isTooLong && !message.Contains(TooLong, StringComparison.OrdinalIgnoreCase) ? $"{TooLong}: {message}" : message;
    }

    private static (string? Message, string? Code) WordsOf(UpstreamRefusal refusal)
    {
        try
        {
            using var document = JsonDocument.Parse(refusal.Body, MessagesDoor.ParseOptions);
            var body = document.RootElement;
            var error = ElementJson.Member(body, "error"u8);
            return (ElementJson.Text(error, "message"u8) ?? ElementJson.Text(body, "error"u8) ?? ElementJson.Text(body, "message"u8) ?? ElementJson.Text(body, "detail"u8), ElementJson.Text(error, "code"u8));
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // The router's own words stand for it.
            return default;
        }
    }
}
