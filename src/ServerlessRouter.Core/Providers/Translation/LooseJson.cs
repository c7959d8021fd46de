using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using ServerlessRouter.Chat;
using ServerlessRouter.Json;

namespace ServerlessRouter.Providers.Translation;

/// <summary>Looks into documents whose shape is not certain.</summary>
internal static class LooseJson
{
    /// <summary>As deep as requests may be: a tool's arguments, nested in an event, must not be what fails it.</summary>
    public static readonly JsonDocumentOptions ParseOptions = new() { MaxDepth = ChatRequestScanner.MaxDepth };

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
            var raw = JsonMarshal.GetRawUtf8Value(text)[1..^1];
            var decoded = new byte[raw.Length];
            return Encoding.UTF8.GetString(decoded, 0, JsonText.Unescape(raw, decoded));
        }
    }

    /// <summary>The member when it is a string, as a piece of a longer text: it may begin or end with half a surrogate pair, which stays.</summary>
    public static string? Piece(JsonElement parent, string name) => Member(parent, name) is { ValueKind: JsonValueKind.String } text ? Piece(text) : null;

    /// <inheritdoc cref="Piece(JsonElement, string)"/>
    public static string Piece(JsonElement text)
    {
        try
        {
            return text.GetString()!;
        }
        catch (InvalidOperationException)
        {
            return JsonText.Unescape(Raw(text).AsSpan()[1..^1]);
        }
    }

    /// <summary>A value as it came; bytes that are no UTF-8 become U+FFFD.</summary>
    public static string Raw(JsonElement value) => Encoding.UTF8.GetString(JsonMarshal.GetRawUtf8Value(value));

    /// <summary>The member as a count; 0 when it is none.</summary>
    public static int Count(JsonElement parent, string name) => (int)Math.Clamp(Number(parent, name) ?? 0, 0, int.MaxValue);

    /// <summary>The member as a number, also one that is written as a text; null when it is none.</summary>
    public static double? Number(JsonElement parent, string name) => Member(parent, name) switch
    {
        { ValueKind: JsonValueKind.Number } number when number.TryGetDouble(out var value) => value,
        { ValueKind: JsonValueKind.String } text when double.TryParse(String(text), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) => value,
        _ => null,
    };
}
