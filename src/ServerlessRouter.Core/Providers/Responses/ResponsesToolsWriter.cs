using System.Text.Json;
using ServerlessRouter.Providers.Translation;

namespace ServerlessRouter.Providers.Responses;

/// <summary>Writes <c>tools</c>, <c>tool_choice</c> and <c>parallel_tool_calls</c>. A function stands flat, and is held to its schema unless it says otherwise, so every one says.</summary>
internal sealed class ResponsesToolsWriter(Utf8JsonWriter writer, TranslationNotes notes)
{
    /// <summary>Of a function, members that both schemas have, or this API alone.</summary>
    private static readonly string[] FunctionMembers = ["defer_loading", "allowed_callers", "output_schema"];

    public void Write(JsonElement request)
    {
        var tools = LooseJson.Member(request, "tools");
        var functions = LooseJson.Member(request, "functions");
        var search = LooseJson.Member(request, "web_search_options");
        var hasAny = IsFilled(tools) || IsFilled(functions) || search.ValueKind == JsonValueKind.Object;
        if (!hasAny)
            return;
        writer.WriteStartArray("tools");
        WriteAll(tools, "tools");
        if (IsFilled(functions))
            notes.Change("functions", "functions and function_call", "tools and tool_calls");
        WriteAll(functions, "functions");
        if (search.ValueKind == JsonValueKind.Object)
            WriteSearch(search);
        writer.WriteEndArray();
        WriteChoice(request);
        // An answer to the old 'functions' holds one call.
        var parallel = LooseJson.Member(request, "parallel_tool_calls");
        if (parallel.ValueKind is JsonValueKind.True or JsonValueKind.False)
            writer.WriteBoolean("parallel_tool_calls", parallel.GetBoolean());
        else if (IsFilled(functions))
            writer.WriteBoolean("parallel_tool_calls", false);
    }

    private void WriteAll(JsonElement tools, string list)
    {
        if (!IsFilled(tools))
            return;
        var number = 0;
        foreach (var tool in tools.EnumerateArray())
            WriteTool(tool, $"{list}[{number++}]", isOld: list == "functions");
    }

    private void WriteTool(JsonElement tool, string param, bool isOld)
    {
        var type = isOld ? "function" : LooseJson.Text(tool, "type") ?? "function";
        switch (type)
        {
            case "function":
                WriteFunction(LooseJson.Member(tool, "function") is { ValueKind: JsonValueKind.Object } inside ? inside : tool, param);
                break;
            case "custom":
                WriteCustom(LooseJson.Member(tool, "custom") is { ValueKind: JsonValueKind.Object } named ? named : tool);
                break;
            case var _ when tool.ValueKind == JsonValueKind.Object && !type.AsSpan().ContainsAnyInRange('A', 'Z') && !IsAnthropics(type):
                // This API's own tools.
                tool.WriteTo(writer);
                break;
            default:
                notes.Refuse($"{param}.type", $"A tool of the type '{type}' cannot be translated for OpenAI's Responses API: functions, custom tools and that API's own tools can.");
                break;
        }
    }

    private void WriteFunction(JsonElement function, string param)
    {
        if (LooseJson.Text(function, "name") is not { Length: > 0 } name)
        {
            notes.Refuse($"{param}.function.name", $"'{param}' has no function with a name.");
            return;
        }

        writer.WriteStartObject();
        writer.WriteString("type", "function");
        writer.WriteString("name", name);
        if (LooseJson.Text(function, "description") is { } description)
            writer.WriteString("description", description);
        writer.WritePropertyName("parameters");
        if (LooseJson.Member(function, "parameters") is { ValueKind: JsonValueKind.Object } parameters)
            parameters.WriteTo(writer);
        else
            writer.WriteRawValue("""{"type":"object","properties":{}}"""u8, skipInputValidation: true);
        writer.WriteBoolean("strict", LooseJson.Member(function, "strict").ValueKind == JsonValueKind.True);
        foreach (var member in FunctionMembers)
            CopySent(function, member);
        writer.WriteEndObject();
    }

    /// <summary>Of a grammar's format, chat completions have the definition one level deeper.</summary>
    private void WriteCustom(JsonElement custom)
    {
        writer.WriteStartObject();
        writer.WriteString("type", "custom");
        writer.WriteString("name", LooseJson.Text(custom, "name"));
        CopySent(custom, "description");
        var format = LooseJson.Member(custom, "format");
        if (format.ValueKind == JsonValueKind.Object)
        {
            writer.WriteStartObject("format");
            CopySent(format, "type");
            var grammar = LooseJson.Member(format, "grammar") is { ValueKind: JsonValueKind.Object } inside ? inside : format;
            CopySent(grammar, "syntax");
            CopySent(grammar, "definition");
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    /// <summary>The search that chat completions switch on by an option is a tool here.</summary>
    private void WriteSearch(JsonElement options)
    {
        writer.WriteStartObject();
        writer.WriteString("type", "web_search");
        CopySent(options, "search_context_size");
        var place = LooseJson.Member(options, "user_location");
        if (place.ValueKind == JsonValueKind.Object)
        {
            writer.WriteStartObject("user_location");
            writer.WriteString("type", "approximate");
            var approximate = LooseJson.Member(place, "approximate") is { ValueKind: JsonValueKind.Object } inside ? inside : place;
            foreach (var name in (ReadOnlySpan<string>)["city", "country", "region", "timezone"])
                CopySent(approximate, name);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private void WriteChoice(JsonElement request)
    {
        var (param, choice) = ("tool_choice", LooseJson.Member(request, "tool_choice"));
        if (choice.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null)
            (param, choice) = ("function_call", LooseJson.Member(request, "function_call"));
        switch (choice.ValueKind)
        {
            case JsonValueKind.String:
                var word = LooseJson.String(choice);
                writer.WriteString("tool_choice", word == "any" ? "required" : word);
                break;
            case JsonValueKind.Object when LooseJson.Text(choice, "type") is "allowed_tools":
                WriteAllowed(LooseJson.Member(choice, "allowed_tools") is { ValueKind: JsonValueKind.Object } inside ? inside : choice);
                break;
            case JsonValueKind.Object:
                writer.WritePropertyName("tool_choice");
                WriteReference(choice);
                break;
            case JsonValueKind.Undefined or JsonValueKind.Null:
                break;
            default:
                notes.Refuse(param, $"'{param}' cannot be translated for OpenAI's Responses API: none, auto, required, a tool by name, and allowed_tools can.");
                break;
        }
    }

    private void WriteAllowed(JsonElement allowed)
    {
        writer.WriteStartObject("tool_choice");
        writer.WriteString("type", "allowed_tools");
        writer.WriteString("mode", LooseJson.Text(allowed, "mode") ?? "auto");
        writer.WriteStartArray("tools");
        if (LooseJson.Member(allowed, "tools") is { ValueKind: JsonValueKind.Array } tools)
        {
            foreach (var tool in tools.EnumerateArray())
                WriteReference(tool);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    /// <summary>A tool by its name, which chat completions have one level deeper.</summary>
    private void WriteReference(JsonElement tool)
    {
        var type = LooseJson.Text(tool, "type") ?? "function";
        if (type is not ("function" or "custom" or "tool"))
        {
            tool.WriteTo(writer);
            return;
        }

        writer.WriteStartObject();
        writer.WriteString("type", type == "custom" ? "custom" : "function");
        writer.WriteString("name", LooseJson.Text(LooseJson.Member(tool, type), "name") ?? LooseJson.Text(tool, "name"));
        writer.WriteEndObject();
    }

    private void CopySent(JsonElement parent, string name)
    {
        if (LooseJson.Member(parent, name) is not { ValueKind: not (JsonValueKind.Undefined or JsonValueKind.Null) } value)
            return;
        writer.WritePropertyName(name);
        value.WriteTo(writer);
    }

    private static bool IsFilled(JsonElement tools) => tools.ValueKind == JsonValueKind.Array && tools.GetArrayLength() > 0;

    /// <summary>Anthropic's tools carry the date of their version in eight digits, as <c>web_search_20250305</c>.</summary>
    private static bool IsAnthropics(string type) => type.Length > 9 && type[^9] == '_' && !type.AsSpan(type.Length - 8).ContainsAnyExceptInRange('0', '9');
}
