using System.Text.Json;

namespace ServerlessRouter.Checks.Schema;

/// <summary>Says what keeps a text from being the JSON that was asked for; in words that follow "it", without a word of the text itself.</summary>
internal static class JsonFit
{
    /// <summary>Deeper JSON than this is nothing a caller asked for.</summary>
    public const int DeepestJson = 64;

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = DeepestJson };

    /// <summary>Null when the text is a JSON object.</summary>
    public static string? OfObject(ReadOnlyMemory<byte> text) =>
        Parse(text, static document => document.RootElement.ValueKind == JsonValueKind.Object ? null : "is no JSON object");

    /// <summary>Null when the text is JSON.</summary>
    public static string? OfAny(ReadOnlyMemory<byte> text) => Parse(text, static _ => null);

    /// <summary>Null when the text is JSON that fits the schema, or when that would take too long to say.</summary>
    public static string? Of(ReadOnlyMemory<byte> text, JsonElement schema) =>
        Parse(text, document => new SchemaReview(schema).Complaint(document.RootElement) is { } complaint ? $"does not fit its schema: {complaint}" : null);

    private static string? Parse(ReadOnlyMemory<byte> text, Func<JsonDocument, string?> complain)
    {
        try
        {
            using var document = JsonDocument.Parse(text, Options);
            return complain(document);
        }
        catch (JsonException)
        {
            return "is no valid JSON";
        }
        catch (InvalidOperationException)
        {
            return "has a broken escape in its JSON";
        }
    }
}
