using System.Text.Json;
using ServerlessRouter.Errors;

namespace ServerlessRouter.Http.Jobs;

/// <summary>OpenAI's <c>metadata</c>: up to 16 short texts.</summary>
internal static class JobMetadata
{
    private const int Most = 16;
    private const int LongestKey = 64;
    private const int LongestValue = 512;

    public static RouterError? Read(JsonElement body, out string? metadata)
    {
        metadata = null;
        if (!body.TryGetProperty("metadata"u8, out var written) || written.ValueKind == JsonValueKind.Null)
            return null;
        if (written.ValueKind != JsonValueKind.Object || written.EnumerateObject().Count() > Most || !written.EnumerateObject().All(Fits))
            return RouterError.InvalidRequest($"'metadata' must be an object of up to {Most} texts, names up to {LongestKey} and values up to {LongestValue} characters.", "metadata");
        metadata = written.GetRawText();
        return null;
    }

    private static bool Fits(JsonProperty pair) =>
        pair.Name.Length <= LongestKey && pair.Value.ValueKind == JsonValueKind.String && pair.Value.GetString()!.Length <= LongestValue;
}
