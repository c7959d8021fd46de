using System.Text.Json.Nodes;

namespace ServerlessRouter.Testing.Wire;

/// <summary>Bodies of OpenAI chat completion requests, as UTF-8.</summary>
public static class ChatBodies
{
    /// <summary>The tool that <see cref="WithTools"/> offers.</summary>
    public const string WeatherTool = "get_weather";

    /// <summary>A picture of one pixel.</summary>
    public const string PixelDataUrl =
        "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

    public static byte[] Plain(string prompt = "Say hello.", string model = "auto") => JsonBytes.Of(Request(model, User(prompt)));

    public static byte[] Streamed(string prompt = "Say hello.", string model = "auto") => AsStream(Plain(prompt, model));

    /// <summary>Plain or streamed, for theories over both ways.</summary>
    public static byte[] For(bool stream, string prompt = "Say hello.", string model = "auto") => stream ? Streamed(prompt, model) : Plain(prompt, model);

    /// <summary>Turns in order, each a role and its text.</summary>
    public static byte[] Conversation(params (string Role, string Text)[] turns) =>
        JsonBytes.Of(Request("auto", [.. turns.Select(turn => Message(turn.Role, turn.Text))]));

    public static byte[] WithTools(string prompt = "What is the weather in Oslo?", string model = "auto", string toolChoice = "auto")
    {
        var request = Request(model, User(prompt));
        request["tools"] = JsonNode.Parse($$$$"""
            [{"type":"function","function":{"name":"{{{{WeatherTool}}}}","description":"The weather at a place.","parameters":
            {"type":"object","properties":{"city":{"type":"string"}},"required":["city"],"additionalProperties":false}}}]
            """);
        request["tool_choice"] = toolChoice;
        return JsonBytes.Of(request);
    }

    /// <summary>The turn after a tool call: the call and its result are part of the conversation.</summary>
    public static byte[] WithToolResult(string result = """{"celsius":7}""", string model = "auto")
    {
        var request = (JsonObject)JsonNode.Parse(WithTools(model: model))!;
        var messages = request["messages"]!.AsArray();
        messages.Add(JsonNode.Parse($$$"""
            {"role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function",
            "function":{"name":"{{{WeatherTool}}}","arguments":"{\"city\":\"Oslo\"}"}}]}
            """));
        messages.Add((JsonNode)new JsonObject { ["role"] = "tool", ["tool_call_id"] = "call_1", ["content"] = result });
        return JsonBytes.Of(request);
    }

    public static byte[] WithSchema(string prompt = "Name a person and their age.", string model = "auto")
    {
        var request = Request(model, User(prompt));
        request["response_format"] = JsonNode.Parse("""
            {"type":"json_schema","json_schema":{"name":"person","strict":true,"schema":
            {"type":"object","properties":{"name":{"type":"string"},"age":{"type":"integer"}},"required":["name","age"],"additionalProperties":false}}}
            """);
        return JsonBytes.Of(request);
    }

    public static byte[] WithImage(string prompt = "What is in this picture?", string model = "auto") =>
        JsonBytes.Of(Request(model, new JsonObject
        {
            ["role"] = "user",
            ["content"] = new JsonArray(
                new JsonObject { ["type"] = "text", ["text"] = prompt },
                new JsonObject { ["type"] = "image_url", ["image_url"] = new JsonObject { ["url"] = PixelDataUrl, ["detail"] = "low" } }),
        }));

    /// <summary>The same body, streamed, with usage at the end.</summary>
    public static byte[] AsStream(byte[] body) =>
        With(With(body, "stream", "true"), "stream_options", """{"include_usage":true}""");

    /// <summary>The same body with one more, or one other, top-level field; <paramref name="valueJson"/> is JSON.</summary>
    public static byte[] With(byte[] body, string field, string valueJson)
    {
        var request = (JsonObject)JsonNode.Parse(body)!;
        request[field] = JsonNode.Parse(valueJson);
        return JsonBytes.Of(request);
    }

    private static JsonObject Request(string model, params JsonNode?[] messages) => new() { ["model"] = model, ["messages"] = new JsonArray(messages) };

    private static JsonObject User(string text) => Message("user", text);

    private static JsonObject Message(string role, string text) => new() { ["role"] = role, ["content"] = text };
}
