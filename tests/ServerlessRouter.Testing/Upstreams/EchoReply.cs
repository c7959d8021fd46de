using System.Text.Json.Nodes;
using ServerlessRouter.Testing.Embeddings;

namespace ServerlessRouter.Testing.Upstreams;

/// <summary>What a <see cref="FakeUpstream"/> answers when nothing was scripted: the tool call or JSON that was demanded, the vector of a text, else the last user's words.</summary>
internal static class EchoReply
{
    public static Reply For(UpstreamRequest request)
    {
        var json = request.Json!;
        if (request.IsForEmbeddings)
            return VectorsOf(request.Inputs!, json["dimensions"] is JsonValue wanted ? (int)wanted : HashedVector.DefaultDimensions);
        if (DemandedTool(json) is { } tool)
            return Reply.Call(Text(tool["name"]), SchemaSample.Of(tool["parameters"] ?? tool["input_schema"]));
        if (json["response_format"] is JsonObject format && Text(format["type"]) == "json_schema")
            return Reply.Text(SchemaSample.Of(format["json_schema"]?["schema"]));
        if (json["text"]?["format"] is JsonObject text && Text(text["type"]) == "json_schema")
            return Reply.Text(SchemaSample.Of(text["schema"]));
        return Reply.Text($"Echo: {LastUserText(json)}");
    }

    private static Reply VectorsOf(IReadOnlyList<string> inputs, int dimensions) => Reply.Vectors([.. inputs.Select(input => HashedVector.Of(input, dimensions))]);

    private static JsonObject? DemandedTool(JsonObject json)
    {
        if (json["tools"] is not JsonArray { Count: > 0 } tools)
            return null;
        var functions = tools.OfType<JsonObject>().Select(tool => tool["function"] as JsonObject ?? tool);
        var choice = json["tool_choice"];
        if (choice is JsonValue value)
            return Text(value) == "required" ? functions.First() : null;
        if (choice is not JsonObject named)
            return null;
        if (Text(named["type"]) == "any")
            return functions.First();
        var name = Text(named["function"]?["name"] ?? named["name"]);
        return functions.FirstOrDefault(function => Text(function["name"]) == name);
    }

    private static string LastUserText(JsonObject json)
    {
        if (json["input"] is JsonValue only)
            return Text(only);
        var last = (json["messages"] ?? json["input"])!.AsArray().OfType<JsonObject>().LastOrDefault(message => Text(message["role"]) == "user");
        return last?["content"] switch
        {
            JsonArray parts => string.Concat(parts.OfType<JsonObject>().Select(part => Text(part["text"]))),
            { } content => Text(content),
            null => "",
        };
    }

    private static string Text(JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) ? text : "";
}
