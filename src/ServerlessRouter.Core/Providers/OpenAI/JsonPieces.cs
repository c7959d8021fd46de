using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using ServerlessRouter.Json;

namespace ServerlessRouter.Providers.OpenAI;

/// <summary>Writes JSON from pieces of other JSON as they stand, escapes kept: no text is decoded, so halves of a character in two deltas meet unharmed.</summary>
internal static class JsonPieces
{
    /// <summary>A comma, unless what is to be written is the first inside its object or array.</summary>
    public static void Separate(this PooledWriter output)
    {
        if (output.Written.Span is [.., not ((byte)'{' or (byte)'[')])
            output.Append(","u8);
    }

    /// <summary>A member's name, which needs no escapes.</summary>
    public static void AppendName(this PooledWriter output, ReadOnlySpan<byte> name)
    {
        output.Separate();
        output.Append("\""u8);
        output.Append(name);
        output.Append("\":"u8);
    }

    /// <summary>A member as it stands.</summary>
    public static void AppendMember(this PooledWriter output, in JsonProperty member)
    {
        output.AppendName(JsonMarshal.GetRawUtf8PropertyName(member));
        output.Append(Raw(member.Value));
    }

    /// <summary>A text as a JSON string.</summary>
    public static void AppendQuoted(this PooledWriter output, ReadOnlySpan<byte> text)
    {
        output.Append("\""u8);
        output.Append(JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes);
        output.Append("\""u8);
    }

    /// <summary>The value as written; strings with their quotes.</summary>
    public static ReadOnlySpan<byte> Raw(JsonElement value) => JsonMarshal.GetRawUtf8Value(value);

    /// <summary>What stands between a string's quotes.</summary>
    public static ReadOnlySpan<byte> Inside(JsonElement text) => Raw(text)[1..^1];

    /// <summary>The member of this name if it is of this kind.</summary>
    public static bool Has(this JsonElement json, ReadOnlySpan<byte> name, JsonValueKind kind, out JsonElement value)
    {
        value = default;
        return json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out value) && value.ValueKind == kind;
    }

    /// <summary>The member of this name if it is a text, with a lone surrogate as it is written; else empty.</summary>
    public static string Text(this JsonElement json, ReadOnlySpan<byte> name) =>
        json.Has(name, JsonValueKind.String, out var value) ? System.Text.Encoding.UTF8.GetString(Inside(value)) : "";

    /// <summary>The member of this name if it is a whole number.</summary>
    public static int? Number(this JsonElement json, ReadOnlySpan<byte> name) =>
        json.Has(name, JsonValueKind.Number, out var value) && value.TryGetInt32(out var number) ? number : null;
}
