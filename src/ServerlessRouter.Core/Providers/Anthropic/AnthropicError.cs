using System.Text.Json;
using ServerlessRouter.Providers.Translation;

namespace ServerlessRouter.Providers.Anthropic;

/// <summary>Tells errors from answers, in whichever shape a gateway writes them.</summary>
internal static class AnthropicError
{
    /// <summary>
    /// Whether a message or an event of this type is an error: Anthropic's <c>{"type":"error","error":{…}}</c>, an <c>error</c> member that says something, or a flat
    /// <c>{"type":"InternalServerError","message":…}</c>, <c>{"object":"error",…}</c>, <c>{"message":…}</c>, <c>{"detail":…}</c>.
    /// </summary>
    public static bool Is(JsonElement item, string? type) => type switch
    {
        "error" => true,
        "message" or "ping" => ErrorValue.Speaks(LooseJson.Member(item, "error")),
        not null when type.StartsWith("message_", StringComparison.Ordinal) || type.StartsWith("content_block_", StringComparison.Ordinal)
            => ErrorValue.Speaks(LooseJson.Member(item, "error")),
        _ => ErrorValue.Speaks(LooseJson.Member(item, "error")) || IsFlat(item, type),
    };

    private static bool IsFlat(JsonElement item, string? type)
    {
        if (LooseJson.Text(item, "object") == "error")
            return true;
        return type is null
            ? LooseJson.Text(item, "message") is { Length: > 0 } || LooseJson.Text(item, "detail") is { Length: > 0 }
            : type.EndsWith("error", StringComparison.OrdinalIgnoreCase) || type.EndsWith("exception", StringComparison.OrdinalIgnoreCase);
    }
}
