using System.Text.Json.Nodes;

namespace ServerlessRouter.Testing.Upstreams;

/// <summary>An answer of the embeddings API; the vendor counts a token for each word of the input.</summary>
internal sealed record VectorContent(float[] Numbers) : ReplyContent
{
    public static UpstreamUsage UsageOf(UpstreamRequest request) =>
        new(Math.Max(1, request.Input?.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length ?? 0), 0);

    public JsonObject ToJson(UpstreamRequest request)
    {
        var usage = UsageOf(request);
        var item = new JsonObject { ["object"] = "embedding", ["index"] = 0, ["embedding"] = new JsonArray([.. Numbers.Select(number => (JsonNode)number)]) };
        return new JsonObject
        {
            ["object"] = "list",
            ["data"] = new JsonArray(item),
            ["model"] = request.Model,
            ["usage"] = new JsonObject { ["prompt_tokens"] = usage.PromptTokens, ["total_tokens"] = usage.TotalTokens },
        };
    }
}
