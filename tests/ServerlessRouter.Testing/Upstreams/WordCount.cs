using System.Text.Json.Nodes;

namespace ServerlessRouter.Testing.Upstreams;

/// <summary>The fake's own tokenizer: a token is a word.</summary>
internal static class WordCount
{
    public static UpstreamUsage Of(UpstreamRequest request, ChatContent answer) => new(
        Math.Max(1, Words(request.Json?["messages"] ?? request.Json?["input"]) + Words(request.Json?["system"])),
        Math.Max(1, Words(answer.Text) + Words(answer.Refusal) + answer.ToolCalls.Sum(call => Words(call.Name) + Words(call.ArgumentsJson))));

    private static int Words(JsonNode? node) => node switch
    {
        null => 0,
        JsonArray array => array.Sum(Words),
        JsonObject item => Words(item["content"]) + Words(item["text"]),
        JsonValue value when value.TryGetValue(out string? text) => Words(text),
        _ => 0,
    };

    private static int Words(string? text) => text?.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length ?? 0;
}
