using System.Collections.Frozen;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace ServerlessRouter.Testing.Upstreams;

/// <summary>What OpenAI's Responses API refuses in a request, in its words; the rules are those that other people's requests broke.</summary>
internal static partial class ResponsesCheck
{
    private const int MinOutputTokens = 16;
    private const int MaxCallIdLength = 64;

    private static readonly FrozenSet<string> Fields = new[]
    {
        "background", "context_management", "conversation", "include", "input", "instructions", "max_output_tokens", "max_tool_calls", "metadata", "model", "moderation", "parallel_tool_calls",
        "previous_response_id", "prompt", "prompt_cache_key", "prompt_cache_options", "prompt_cache_retention", "reasoning", "safety_identifier", "service_tier", "store", "stream", "stream_options",
        "temperature", "text", "tool_choice", "tools", "top_logprobs", "top_p", "truncation", "user",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>The refusal and the parameter at fault; null when the vendor would answer.</summary>
    public static (string Message, string? Param)? Refuse(JsonObject json)
    {
        if (json.Select(static member => member.Key).FirstOrDefault(static name => !Fields.Contains(name)) is { } unknown)
            return ($"Unknown parameter: '{unknown}'.", unknown);
        if (json["input"] is not JsonArray { Count: > 0 } input)
            return json["input"] is JsonValue ? null : ("Missing required parameter: 'input'.", "input");
        if (json["max_output_tokens"] is JsonValue limit && (int)limit < MinOutputTokens)
            return ($"Invalid 'max_output_tokens': integer below minimum value. Expected a value >= {MinOutputTokens}, but got {limit} instead.", "max_output_tokens");
        return RefuseItems(input, isStored: (bool?)json["store"] ?? true) ?? RefuseCalls(input) ?? RefuseTools(json) ?? RefuseFormat(json, input) ?? RefuseReasoning(json);
    }

    private static (string Message, string? Param)? RefuseItems(JsonArray input, bool isStored)
    {
        for (var place = 0; place < input.Count; place++)
        {
            var (item, param) = (input[place]!.AsObject(), $"input[{place}]");
            var type = (string?)item["type"] ?? "message";
            if (type == "message" && RefuseMessage(item, param) is { } refusal)
                return refusal;
            if (type is "function_call" or "custom_tool_call" && ((string?)item["id"])?.StartsWith("fc", StringComparison.Ordinal) == false)
                return ($"Invalid '{param}.id': '{item["id"]}'. Expected an ID that begins with 'fc'.", $"{param}.id");
            if (type != "reasoning")
                continue;
            if (item["summary"] is not JsonArray summary)
                return ($"Missing required parameter: '{param}.summary'.", $"{param}.summary");
            if (summary.Any(static part => (string?)part!["type"] is null))
                return ($"Missing required parameter: '{param}.summary[0].type'.", $"{param}.summary[0].type");
            if (item["encrypted_content"] is JsonValue seal && ((string?)seal)?.StartsWith("router:", StringComparison.Ordinal) == true)
                return ("The encrypted content could not be verified.", "input");
            if (!isStored && item["id"] is not null && item["encrypted_content"] is null)
                return ($"Item with id '{item["id"]}' not found. Items are not persisted when `store` is set to false. Try again with `store` set to true, or remove this item from your input.", "input");
            if (place + 1 == input.Count || (string?)input[place + 1]!["role"] is not (null or "assistant"))
                return ("Item of type 'reasoning' was provided without its required following item.", "input");
        }

        return null;
    }

    private static (string Message, string? Param)? RefuseMessage(JsonObject item, string param)
    {
        if ((string?)item["role"] is not ("user" or "assistant" or "system" or "developer"))
            return ($"Invalid value: '{item["role"]}'. Supported values are: 'assistant', 'system', 'developer', and 'user'.", param);
        var isAssistant = (string?)item["role"] == "assistant";
        foreach (var part in item["content"] as JsonArray ?? [])
        {
            var type = (string?)part!["type"];
            if (isAssistant ? type is not ("output_text" or "refusal") : type is not ("input_text" or "input_image" or "input_file"))
                return ($"Invalid value: '{type}'. Supported values are: {(isAssistant ? "'output_text' and 'refusal'" : "'input_text', 'input_image', and 'input_file'")}.", $"{param}.content");
            if (type == "input_image" && part["image_url"] is JsonObject)
                return ($"Invalid type for '{param}.content[0].image_url': expected an image URL, but got an object instead.", $"{param}.content[0].image_url");
        }

        return item["content"] is null ? ($"Missing required parameter: '{param}.content'.", $"{param}.content") : null;
    }

    private static (string Message, string? Param)? RefuseCalls(JsonArray input)
    {
        var calls = Ids(input, "function_call", "custom_tool_call");
        var results = Ids(input, "function_call_output", "custom_tool_call_output");
        if (calls.FirstOrDefault(static id => id.Length > MaxCallIdLength) is { } tooLong)
            return ($"Invalid 'input[0].call_id': string too long. Expected a string with maximum length 64, but got a string with length {tooLong.Length} instead.", "input[0].call_id");
        if (calls.Distinct().Count() != calls.Count)
            return ("Duplicate function calls in input.", "input");
        if (results.Except(calls).FirstOrDefault() is { } orphan)
            return ($"No tool call found for function call output with call_id {orphan}.", "input");
        return calls.Except(results).FirstOrDefault() is { } unanswered ? ($"No tool output found for function call {unanswered}.", "input") : null;
    }

    private static List<string> Ids(JsonArray input, string one, string other) =>
        [.. input.Where(item => (string?)item!["type"] == one || (string?)item["type"] == other).Select(static item => (string)item!["call_id"]!)];

    private static (string Message, string? Param)? RefuseTools(JsonObject json)
    {
        foreach (var tool in json["tools"] as JsonArray ?? [])
        {
            if ((string?)tool!["type"] is not { } type)
                return ("Missing required parameter: 'tools[0].type'.", "tools[0].type");
            if (type is not ("function" or "custom"))
                continue;
            if (!Name().IsMatch((string?)tool["name"] ?? ""))
                return ("Missing required parameter: 'tools[0].name'.", "tools[0].name");
            // Left out, it is true.
            if (type == "function" && ((bool?)tool["strict"] ?? true) && tool["parameters"]?["additionalProperties"]?.ToJsonString() != "false")
                return ($"Invalid schema for function '{tool["name"]}': In context=(), 'additionalProperties' is required to be supplied and to be false.", "tools[0].parameters");
        }

        return json["tool_choice"] is JsonObject choice && (string?)choice["type"] == "function" && choice["name"] is null ? ("Missing required parameter: 'tool_choice.name'.", "tool_choice.name") : null;
    }

    private static (string Message, string? Param)? RefuseFormat(JsonObject json, JsonArray input)
    {
        var format = json["text"]?["format"];
        if ((string?)format?["type"] == "json_schema" && (format!["name"] is null || format["schema"] is null))
            return ("Missing required parameter: 'text.format.name'.", "text.format.name");
        // Instructions do not count.
        return (string?)format?["type"] == "json_object" && !input.ToJsonString().Contains("json", StringComparison.OrdinalIgnoreCase)
            ? ("Response input messages must contain the word 'json' in some form to use 'text.format' of type 'json_object'.", "input")
            : null;
    }

    private static (string Message, string? Param)? RefuseReasoning(JsonObject json) =>
        (string?)json["reasoning"]?["effort"] is { } effort && effort is not ("none" or "minimal" or "low" or "medium" or "high" or "xhigh" or "max")
            ? ($"Invalid value: '{effort}'. Supported values are: 'none', 'minimal', 'low', 'medium', 'high', 'xhigh', and 'max'.", "reasoning.effort")
            : null;

    [GeneratedRegex("^[a-zA-Z0-9_-]{1,64}$")]
    private static partial Regex Name();
}
