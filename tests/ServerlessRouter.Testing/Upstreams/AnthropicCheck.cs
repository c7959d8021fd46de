using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace ServerlessRouter.Testing.Upstreams;

/// <summary>What Anthropic's API refuses in a request, in its words; the rules are those that other people's requests broke.</summary>
internal static partial class AnthropicCheck
{
    private const int MinBudgetTokens = 1024;
    private const int MaxCacheMarks = 4;

    private static readonly string[] Unions = ["oneOf", "allOf", "anyOf"];
    private static readonly string[] Constraints = ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength", "maxItems", "uniqueItems", "patternProperties"];

    /// <summary>The refusal; null when the vendor would answer.</summary>
    public static string? Refuse(JsonObject json, JsonArray messages) =>
        RefuseTurns(messages) ?? RefuseCalls(messages) ?? RefuseTools(json, messages) ?? RefuseThinking(json, messages) ?? RefuseModel(json, messages) ?? RefuseFormat(json)
        ?? (Regex.Count(json.ToJsonString(), "\"cache_control\"") > MaxCacheMarks ? "A maximum of 4 blocks with cache_control may be provided." : null);

    private static string? RefuseTurns(JsonArray messages)
    {
        if ((string?)messages[0]!["role"] != "user")
            return "messages: first message must use the \"user\" role";
        foreach (var message in messages)
        {
            var blocks = Blocks(message);
            if (blocks.Length == 0)
                return "messages: all messages must have non-empty content";
            if (blocks.Any(static block => Type(block) == "text" && string.IsNullOrWhiteSpace((string?)block["text"])))
                return "messages: text content blocks must contain non-whitespace text";
            if (blocks.Any(static block => Type(block) == "image" && (string?)block["source"]!["type"] == "base64" && (string?)block["source"]!["media_type"] is not ("image/png" or "image/jpeg" or "image/gif" or "image/webp")))
                return "messages: source.media_type: Input should be 'image/jpeg', 'image/png', 'image/gif' or 'image/webp'";
        }

        return (string?)messages[^1]!["role"] == "assistant" && Blocks(messages[^1]) is [.., { } last] && Type(last) == "text" && char.IsWhiteSpace(((string)last["text"]!)[^1])
            ? "messages: final assistant content cannot end with trailing whitespace"
            : null;
    }

    private static string? RefuseCalls(JsonArray messages)
    {
        var seen = new HashSet<string>();
        for (var place = 0; place < messages.Count; place++)
        {
            var blocks = Blocks(messages[place]);
            var calls = blocks.Where(static block => Type(block) == "tool_use").Select(static block => (string)block["id"]!).ToArray();
            if (calls.FirstOrDefault(id => !Id().IsMatch(id)) is { } illegal)
                return $"messages.{place}.content.tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$', got {illegal}";
            if (!calls.All(seen.Add))
                return $"messages.{place}: `tool_use` ids must be unique";
            var next = place + 1 < messages.Count ? Blocks(messages[place + 1]) : [];
            var answered = next.TakeWhile(static block => Type(block) == "tool_result").Select(static block => (string)block["tool_use_id"]!).ToArray();
            if (calls.Except(answered).Any())
                return $"messages.{place}: `tool_use` ids were found without `tool_result` blocks immediately after";
            var results = blocks.Where(static block => Type(block) == "tool_result").Select(static block => (string)block["tool_use_id"]!).ToArray();
            var asked = place > 0 ? Blocks(messages[place - 1]).Where(static block => Type(block) == "tool_use").Select(static block => (string)block["id"]!) : [];
            if (results.Except(asked).Any() || results.Distinct().Count() != results.Length)
                return $"messages.{place}: unexpected `tool_use_id` found in `tool_result` blocks";
        }

        return null;
    }

    private static string? RefuseTools(JsonObject json, JsonArray messages)
    {
        var tools = json["tools"] as JsonArray;
        if (tools is not { Count: > 0 } && messages.SelectMany(Blocks).Any(static block => Type(block) is "tool_use" or "tool_result"))
            return "Requests which include `tool_use` or `tool_result` blocks must define tools";
        foreach (var tool in tools ?? [])
        {
            if (tool!["type"] is not null && (string?)tool["type"] != "custom")
                continue;
            if (!Name().IsMatch((string?)tool["name"] ?? ""))
                return "tools.0.custom.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'";
            if ((string?)tool["input_schema"]?["type"] != "object")
                return "tools.0.custom.input_schema.type: Field required";
            if (Unions.Any(union => tool["input_schema"]![union] is not null))
                return "tools.0.custom.input_schema: input_schema does not support oneOf, allOf, or anyOf at the top level";
        }

        return (string?)json["tool_choice"]?["type"] is not null && tools is not { Count: > 0 } ? "tool_choice may only be specified while providing tools" : null;
    }

    private static string? RefuseThinking(JsonObject json, JsonArray messages)
    {
        if ((string?)json["thinking"]?["type"] != "enabled")
            return null;
        var budget = (int?)json["thinking"]!["budget_tokens"] ?? 0;
        if (budget < MinBudgetTokens)
            return "thinking.enabled.budget_tokens: Input should be greater than or equal to 1024";
        if (budget >= (int)json["max_tokens"]!)
            return "`max_tokens` must be greater than `thinking.budget_tokens`";
        if ((string?)json["tool_choice"]?["type"] is "any" or "tool")
            return "Thinking may not be enabled when tool_choice forces tool use.";
        if (json["temperature"] is not null || json["top_k"] is not null)
            return "`temperature` may only be set to 1 when thinking is enabled";
        var calls = Blocks(messages[^1]).Any(static block => Type(block) == "tool_result") ? Blocks(messages[^2]) : [];
        return calls.Length > 0 && Type(calls[0]) is not ("thinking" or "redacted_thinking") ? "messages: Expected `thinking` or `redacted_thinking`, but found `tool_use`." : null;
    }

    private static string? RefuseModel(JsonObject json, JsonArray messages)
    {
        if (!Current().IsMatch((string)json["model"]!))
            return (string?)json["thinking"]?["type"] == "adaptive" ? "adaptive thinking is not supported on this model" : null;
        if ((string?)json["thinking"]?["type"] == "enabled")
            return "\"thinking.type.enabled\" is not supported for this model. Use \"thinking.type.adaptive\" and \"output_config.effort\" to control thinking behavior.";
        if (json["temperature"] is not null || json["top_p"] is not null || json["top_k"] is not null)
            return "`temperature` is deprecated for this model.";
        return (string?)messages[^1]!["role"] == "assistant" ? "This model does not support assistant message prefill. The conversation must end with a user message." : null;
    }

    private static string? RefuseFormat(JsonObject json) => json["output_config"]?["format"]?["schema"] is { } schema ? RefuseSchema(schema) : null;

    private static string? RefuseSchema(JsonNode? node)
    {
        if (node is JsonArray list)
            return list.Select(RefuseSchema).FirstOrDefault(static refusal => refusal is not null);
        if (node is not JsonObject schema)
            return null;
        if ((string?)(schema["type"] as JsonValue) == "object" && schema["additionalProperties"]?.ToJsonString() != "false")
            return "output_config.format.schema: For 'object' type, 'additionalProperties' must be explicitly set to false";
        if (Constraints.FirstOrDefault(schema.ContainsKey) is { } constraint)
            return $"output_config.format.schema: property '{constraint}' is not supported";
        foreach (var name in (string[])["properties", "$defs"])
        {
            if ((schema[name] as JsonObject)?.Select(static property => RefuseSchema(property.Value)).FirstOrDefault(static refusal => refusal is not null) is { } refusal)
                return refusal;
        }

        return RefuseSchema(schema["items"]) ?? RefuseSchema(schema["anyOf"]);
    }

    private static JsonNode[] Blocks(JsonNode? message) => message!["content"] is JsonArray blocks ? [.. blocks.Select(static block => block!)] : [new JsonObject { ["type"] = "text", ["text"] = (string?)message["content"] }];

    private static string? Type(JsonNode block) => (string?)block["type"];

    [GeneratedRegex("^[a-zA-Z0-9_-]{1,64}$")]
    private static partial Regex Id();

    [GeneratedRegex("^[a-zA-Z0-9_-]{1,128}$")]
    private static partial Regex Name();

    [GeneratedRegex("opus-4-[78]|(opus|sonnet|fable)-5")]
    private static partial Regex Current();
}
