using System.Runtime.InteropServices;
using System.Text.Json.Nodes;

namespace ServerlessRouter.Testing.Upstreams;

/// <summary>An answer of the embeddings API, a vector for each input, in the encoding asked for; the vendor counts a token for each word of a text and for each id.</summary>
internal sealed record VectorContent(IReadOnlyList<float[]> Vectors) : ReplyContent
{
    public static UpstreamUsage UsageOf(UpstreamRequest request) =>
        new(Math.Max(1, request.Inputs?.Sum(static input => input.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length) ?? 0), 0);

    public JsonObject ToJson(UpstreamRequest request)
    {
        var usage = UsageOf(request);
        var isBase64 = (string?)request.Json!["encoding_format"] == "base64";
        return new JsonObject
        {
            ["object"] = "list",
            ["data"] = new JsonArray([.. Vectors.Select((vector, index) => Item(index, isBase64 ? Base64Of(vector) : ArrayOf(vector)))]),
            ["model"] = request.Model,
            ["usage"] = new JsonObject { ["prompt_tokens"] = usage.PromptTokens, ["total_tokens"] = usage.TotalTokens },
        };
    }

    private static JsonObject Item(int index, JsonNode vector) => new() { ["object"] = "embedding", ["index"] = index, ["embedding"] = vector };

    private static JsonArray ArrayOf(float[] vector) => [.. vector.Select(static number => (JsonNode)number)];

    private static JsonNode Base64Of(float[] vector) => Convert.ToBase64String(MemoryMarshal.AsBytes<float>(vector));
}
