using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ServerlessRouter.Keys;

/// <summary>Writes an issued key as admins see it, in answers and in the audit log: everything but the key.</summary>
public static class IssuedKeyJson
{
    private static readonly JsonWriterOptions Style = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The whole object.</summary>
    public static void Write(Utf8JsonWriter writer, IssuedKey key, string? secret = null)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStartObject();
        writer.WriteString("id"u8, key.Id);
        writer.WriteString("object"u8, "key"u8);
        writer.WriteString("name"u8, key.Name);
        if (secret is not null)
            writer.WriteString("key"u8, secret);
        using (var terms = JsonDocument.Parse(key.Terms))
        {
            foreach (var member in terms.RootElement.EnumerateObject())
                member.WriteTo(writer);
        }

        if (key.Metadata is { } metadata)
        {
            writer.WritePropertyName("metadata"u8);
            writer.WriteRawValue(metadata);
        }

        WriteTime(writer, "created_at"u8, key.CreatedAt);
        writer.WriteString("created_by"u8, key.CreatedBy);
        if (key.RotatedAt is { } rotatedAt)
            WriteTime(writer, "rotated_at"u8, rotatedAt);
        if (key.OverlapsUntil is { } overlapsUntil)
            WriteTime(writer, "previous_accepted_until"u8, overlapsUntil);
        writer.WriteEndObject();
    }

    internal static string TextOf(IssuedKey key)
    {
        var output = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(output, Style))
            Write(writer, key);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    private static void WriteTime(Utf8JsonWriter writer, ReadOnlySpan<byte> name, DateTimeOffset time) =>
        writer.WriteString(name, time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
}
