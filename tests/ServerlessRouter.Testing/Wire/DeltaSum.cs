using System.Text.Json.Nodes;

namespace ServerlessRouter.Testing.Wire;

/// <summary>Puts the deltas of a stream together as the stream helper of OpenAI's Python client does, and refuses what it refuses.</summary>
/// <remarks>Texts are joined, objects merged, objects in lists found by their <c>index</c>, without which the client throws.</remarks>
public static class DeltaSum
{
    /// <summary>What the deltas of the first choice add up to.</summary>
    public static JsonObject Of(IEnumerable<JsonNode> chunks)
    {
        var sum = new JsonObject();
        foreach (var choice in chunks.SelectMany(chunk => chunk["choices"]?.AsArray() ?? []))
            Add(sum, choice!["delta"]!.AsObject());
        return sum;
    }

    private static void Add(JsonObject sum, JsonObject delta)
    {
        foreach (var (name, value) in delta)
            sum[name] = sum[name] is not { } known || name is "index" or "type" ? value?.DeepClone() : Join(known, value);
    }

    private static JsonNode? Join(JsonNode known, JsonNode? value)
    {
        switch (known, value)
        {
            case (JsonObject sum, JsonObject delta):
                Add(sum, delta);
                return sum.DeepClone();
            case (JsonArray items, JsonArray deltas):
                foreach (var delta in deltas)
                    Add(items, delta!.AsObject());
                return items.DeepClone();
            case (JsonValue before, JsonValue after) when before.TryGetValue<string>(out var head) && after.TryGetValue<string>(out var tail):
                return head + tail;
            default:
                return known.DeepClone();
        }
    }

    private static void Add(JsonArray items, JsonObject delta)
    {
        var index = (int)(delta["index"] ?? throw new FormatException($"An item of a list in a delta has no index: {delta.ToJsonString()}"));
        if (index < items.Count)
            Add(items[index]!.AsObject(), delta);
        else
            items.Add(delta.DeepClone());
    }
}
