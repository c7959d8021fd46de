using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace ServerlessRouter.Errors;

/// <summary>
/// Takes secrets out of a vendor's words before anyone reads them, however they are written there: whole or in pieces, forwards or backwards, with spaces or dashes between
/// the characters, in percent escapes, JSON escapes or HTML's, in base64 or hex of UTF-8 or UTF-16, alone or with what stands around a key in a header, and masked in the middle.
/// </summary>
public static partial class SecretRedaction
{
    /// <summary>What stands where a secret stood.</summary>
    public const string Mark = "[redacted]";

    // Levels of escapes inside escapes that are undone: a JSON text in a JSON text in a percent-encoded one.
    private const int MaxLevels = 4;
    private const int MaxMatchMilliseconds = 100;

    /// <summary>A JSON document without the secrets; the same memory when it holds none.</summary>
    public static ReadOnlyMemory<byte> OfJson(ReadOnlyMemory<byte> json, IReadOnlyList<string> secrets)
    {
        var known = secrets.Where(static secret => secret.Length >= SecretPieces.MinLength).Select(static secret => new SecretPieces(secret)).ToArray();
        try
        {
            using var document = JsonDocument.Parse(json);
            var rewriting = new Rewriting(known);
            var output = new ArrayBufferWriter<byte>(json.Length);
            using (var writer = new Utf8JsonWriter(output))
                rewriting.Write(writer, document.RootElement);
            return rewriting.HasChanged ? output.WrittenMemory : json;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // No document, or texts with broken escapes: redacted as the text it is.
            var text = Encoding.UTF8.GetString(json.Span);
            return OfText(text, known) is var redacted && ReferenceEquals(redacted, text) ? json : Encoding.UTF8.GetBytes(redacted);
        }
    }

    private static string OfText(string text, SecretPieces[] secrets)
    {
        if (text.Length < SecretPieces.MinLength)
            return text;
        var covered = new bool[text.Length];
        var view = EscapedView.Of(text);
        for (var level = 0; level < MaxLevels; level++)
        {
            foreach (var secret in secrets)
                secret.Cover(view, covered);
            if (!view.TryUnescape(out view))
                break;
        }

        foreach (var token in Token().EnumerateMatches(text))
            covered.AsSpan(token.Index, token.Length).Fill(true);
        return covered.AsSpan().Contains(true) ? Replace(text, covered) : text;
    }

    private static string Replace(string text, bool[] covered)
    {
        var redacted = new StringBuilder(text.Length);
        for (var at = 0; at < text.Length; at++)
        {
            if (!covered[at])
                redacted.Append(text[at]);
            else if (at == 0 || !covered[at - 1])
                redacted.Append(Mark);
        }

        return redacted.ToString();
    }

    /// <summary>A token of any identity.</summary>
    [GeneratedRegex(@"eyJ[\w-]{10,}\.[\w-]{10,}(\.[\w-]*)?", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, MaxMatchMilliseconds)]
    private static partial Regex Token();

    private sealed class Rewriting(SecretPieces[] secrets)
    {
        public bool HasChanged { get; private set; }

        public void Write(Utf8JsonWriter writer, JsonElement element)
        {
            switch (element.ValueKind)
            {
                case JsonValueKind.Object:
                    writer.WriteStartObject();
                    foreach (var member in element.EnumerateObject())
                    {
                        writer.WritePropertyName(Redacted(member.Name));
                        Write(writer, member.Value);
                    }

                    writer.WriteEndObject();
                    break;
                case JsonValueKind.Array:
                    writer.WriteStartArray();
                    foreach (var item in element.EnumerateArray())
                        Write(writer, item);
                    writer.WriteEndArray();
                    break;
                case JsonValueKind.String:
                    writer.WriteStringValue(Redacted(element.GetString()!));
                    break;
                default:
                    element.WriteTo(writer);
                    break;
            }
        }

        private string Redacted(string text)
        {
            var redacted = OfText(text, secrets);
            HasChanged |= !ReferenceEquals(redacted, text);
            return redacted;
        }
    }
}
