using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace ServerlessRouter.Json;

/// <summary>Looks into documents whose shape is not certain, and copies what is in them as it stands: long texts and images are never decoded.</summary>
internal static class ElementJson
{
    /// <summary>The member, or an undefined element when there is none or <paramref name="parent"/> is no object.</summary>
    public static JsonElement Member(JsonElement parent, ReadOnlySpan<byte> name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value) ? value : default;

    /// <summary>The member when it is a string.</summary>
    public static string? Text(JsonElement parent, ReadOnlySpan<byte> name) => Member(parent, name) is { ValueKind: JsonValueKind.String } text ? String(text) : null;

    /// <summary>A string's text; half a surrogate pair becomes U+FFFD.</summary>
    public static string String(JsonElement text)
    {
        var raw = Inside(text);
        if (!raw.Contains((byte)'\\'))
            return Encoding.UTF8.GetString(raw);
        var decoded = new byte[raw.Length];
        return Encoding.UTF8.GetString(decoded, 0, JsonText.Unescape(raw, decoded));
    }

    /// <summary>The member is a string of this text.</summary>
    public static bool Is(JsonElement parent, ReadOnlySpan<byte> name, ReadOnlySpan<byte> text) =>
        Member(parent, name) is { ValueKind: JsonValueKind.String } value && value.ValueEquals(text);

    /// <summary>It says something: neither left out nor null.</summary>
    public static bool IsSent(JsonElement value) => value.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null);

    /// <summary>The member as a count; null when it is none.</summary>
    public static int? Count(JsonElement parent, ReadOnlySpan<byte> name) =>
        Member(parent, name) is { ValueKind: JsonValueKind.Number } number && number.TryGetDouble(out var value) ? (int)Math.Clamp(value, 0, int.MaxValue) : null;

    /// <summary>The items of the member; none when it is no list.</summary>
    public static JsonElement.ArrayEnumerator Items(JsonElement parent, ReadOnlySpan<byte> name) => Member(parent, name) is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray() : default;

    /// <summary>A value as it stands.</summary>
    public static ReadOnlySpan<byte> Raw(JsonElement value) => JsonMarshal.GetRawUtf8Value(value);

    /// <summary>A string as it stands, without its quotes.</summary>
    public static ReadOnlySpan<byte> Inside(JsonElement text) => JsonMarshal.GetRawUtf8Value(text)[1..^1];

    /// <summary>Writes a member as it stands.</summary>
    public static void Copy(Utf8JsonWriter writer, ReadOnlySpan<byte> name, JsonElement value)
    {
        writer.WritePropertyName(name);
        writer.WriteRawValue(Raw(value), skipInputValidation: true);
    }

    /// <summary>Writes a member as it stands, where the parent has it and it says something.</summary>
    public static void CopyMember(Utf8JsonWriter writer, JsonElement parent, ReadOnlySpan<byte> name)
    {
        if (Member(parent, name) is var value && IsSent(value))
            Copy(writer, name, value);
    }
}
