using System.Text.Json;

namespace ServerlessRouter.Providers.Anthropic;

/// <summary>Tells errors from answers, in whichever shape a gateway writes them.</summary>
internal static class AnthropicError
{
    private const int MaxDepth = 4;

    /// <summary>
    /// Whether a message or an event of this type is an error: Anthropic's <c>{"type":"error","error":{…}}</c>, an <c>error</c> member that says something, or a flat
    /// <c>{"type":"InternalServerError","message":…}</c>, <c>{"object":"error",…}</c>, <c>{"message":…}</c>, <c>{"detail":…}</c>.
    /// </summary>
    public static bool Is(JsonElement item, string? type) => type switch
    {
        "error" => true,
        "message" or "ping" => Speaks(AnthropicJson.Member(item, "error")),
        not null when type.StartsWith("message_", StringComparison.Ordinal) || type.StartsWith("content_block_", StringComparison.Ordinal)
            => Speaks(AnthropicJson.Member(item, "error")),
        _ => Speaks(AnthropicJson.Member(item, "error")) || IsFlat(item, type),
    };

    /// <summary>Whether the value of an <c>error</c> member says that something failed; null, false, blank texts, zeros and objects of nothing else do not.</summary>
    public static bool Speaks(JsonElement error, int depth = 0) => error.ValueKind switch
    {
        JsonValueKind.String => !string.IsNullOrWhiteSpace(AnthropicJson.String(error)),
        JsonValueKind.Number => !error.TryGetDouble(out var code) || code != 0,
        JsonValueKind.True => true,
        JsonValueKind.Object => depth < MaxDepth && error.EnumerateObject().Any(member => Speaks(member.Value, depth + 1)),
        JsonValueKind.Array => depth < MaxDepth && error.EnumerateArray().Any(item => Speaks(item, depth + 1)),
        _ => false,
    };

    private static bool IsFlat(JsonElement item, string? type)
    {
        if (AnthropicJson.Text(item, "object") == "error")
            return true;
        return type is null
            ? AnthropicJson.Text(item, "message") is { Length: > 0 } || AnthropicJson.Text(item, "detail") is { Length: > 0 }
            : type.EndsWith("error", StringComparison.OrdinalIgnoreCase) || type.EndsWith("exception", StringComparison.OrdinalIgnoreCase);
    }
}
