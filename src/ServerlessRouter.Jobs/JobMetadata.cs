using System.Text.Json;

namespace ServerlessRouter.Jobs;

/// <summary>OpenAI's <c>metadata</c>: up to 16 short texts.</summary>
public static class JobMetadata
{
    /// <summary>What is told of metadata that does not fit.</summary>
    public const string Rule = "'metadata' must be an object of up to 16 texts, names up to 64 and values up to 512 characters.";

    private const int Most = 16;
    private const int MaxKeyLength = 64;
    private const int MaxValueLength = 512;

    /// <summary>Escapes count too; the row has room for so much.</summary>
    private const int MaxWrittenLength = 16 * 1024;

    /// <summary>Reads the member of an object; null where there is none. False when it does not fit.</summary>
    public static bool TryRead(JsonElement body, out string? metadata)
    {
        metadata = null;
        if (!body.TryGetProperty("metadata"u8, out var written) || written.ValueKind == JsonValueKind.Null)
            return true;
        if (written.ValueKind != JsonValueKind.Object || written.EnumerateObject().Count() > Most || !written.EnumerateObject().All(Fits))
            return false;
        metadata = written.GetRawText();
        return metadata.Length <= MaxWrittenLength;
    }

    private static bool Fits(JsonProperty pair) =>
        pair.Name.Length <= MaxKeyLength && pair.Value.ValueKind == JsonValueKind.String && pair.Value.GetString()!.Length <= MaxValueLength;
}
