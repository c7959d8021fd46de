using System.Text;
using System.Text.Json;
using ServerlessRouter.Chat;

namespace ServerlessRouter.Providers.Anthropic;

/// <summary>Looks into documents whose shape is not certain.</summary>
internal static class AnthropicJson
{
    /// <summary>The member, or an undefined element when there is none or <paramref name="parent"/> is no object.</summary>
    public static JsonElement Member(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value) ? value : default;

    /// <summary>The member when it is a string.</summary>
    public static string? Text(JsonElement parent, string name) => Member(parent, name) is { ValueKind: JsonValueKind.String } text ? String(text) : null;

    /// <summary>A string's text; half a surrogate pair, which vendors and callers do send, becomes U+FFFD.</summary>
    public static string String(JsonElement text)
    {
        try
        {
            return text.GetString()!;
        }
        catch (InvalidOperationException)
        {
            var raw = Encoding.UTF8.GetBytes(text.GetRawText());
            var decoded = new byte[raw.Length];
            return Encoding.UTF8.GetString(decoded, 0, JsonText.Unescape(raw.AsSpan(1, raw.Length - 2), decoded));
        }
    }

    /// <summary>The member as a count; 0 when it is none.</summary>
    public static int Count(JsonElement parent, string name) =>
        Member(parent, name) is { ValueKind: JsonValueKind.Number } number && number.TryGetInt32(out var value) ? Math.Max(0, value) : 0;
}
