using System.Text.Json;
using ServerlessRouter.Errors;

namespace ServerlessRouter.Doors.Responses;

/// <summary>
/// Collects the tools of a request, from <c>tools</c> and from items that add some later, and writes them as chat tools. Tools that run at the vendor (<c>web_search</c>, <c>mcp</c>, …) are
/// written as they are: only a vendor that speaks responses can take them.
/// </summary>
internal sealed class ChatTools
{
    private readonly List<(JsonElement Tool, string? Namespace)> _tools = [];

    /// <summary>The name that a chat request has for a tool of a namespace: vendors take letters, digits, <c>_</c> and <c>-</c>.</summary>
    public static string FlatName(string space, string name) => $"{space}__{name}";

    /// <summary>Adds the tools of a list; <paramref name="param"/> is where it stands.</summary>
    public RouterError? Add(JsonElement tools, string param)
    {
        if (tools.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null)
            return null;
        if (tools.ValueKind != JsonValueKind.Array)
            return ResponsesFaults.WrongType(param, "an array");
        var place = 0;
        foreach (var tool in tools.EnumerateArray())
        {
            var path = place++;
            if (tool.ValueKind != JsonValueKind.Object || !tool.TryGetProperty("type"u8, out var type) || type.ValueKind != JsonValueKind.String)
                return ResponsesFaults.WrongType($"{param}[{path}]", "an object with a 'type'");
            if (type.ValueEquals("namespace"u8))
            {
                if (AddSpace(tool, $"{param}[{path}]") is { } bad)
                    return bad;
            }
            else
            {
                if (Check(tool, type, $"{param}[{path}]") is { } bad)
                    return bad;
                _tools.Add((tool, null));
            }
        }

        return null;
    }

    /// <summary>
    /// Writes <c>tools</c>, <c>tool_choice</c> and <c>parallel_tool_calls</c>. Without tools the others are left out where they ask for nothing: responses allow them then, chat completions do not.
    /// </summary>
    public RouterError? Write(JsonElement choice, JsonElement isParallel, Utf8JsonWriter chat)
    {
        if (_tools.Count > 0)
        {
            chat.WriteStartArray("tools"u8);
            foreach (var (tool, space) in _tools)
                WriteTool(chat, tool, space);
            chat.WriteEndArray();
            if (isParallel.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null))
                ResponsesRequestReader.Copy(chat, "parallel_tool_calls", isParallel);
        }
        else if (choice.ValueKind == JsonValueKind.String && (choice.ValueEquals("auto"u8) || choice.ValueEquals("none"u8)))
        {
            return null;
        }

        return WriteChoice(choice, chat);
    }

    private RouterError? AddSpace(JsonElement space, string path)
    {
        if (!space.TryGetProperty("name"u8, out var name) || name.ValueKind != JsonValueKind.String)
            return ResponsesFaults.Missing($"{path}.name", "name the namespace");
        if (!space.TryGetProperty("tools"u8, out var tools) || tools.ValueKind != JsonValueKind.Array)
            return ResponsesFaults.WrongType($"{path}.tools", "an array");
        var place = 0;
        foreach (var tool in tools.EnumerateArray())
        {
            var inner = $"{path}.tools[{place++}]";
            if (tool.ValueKind != JsonValueKind.Object || !tool.TryGetProperty("type"u8, out var type) || type.ValueKind != JsonValueKind.String)
                return ResponsesFaults.WrongType(inner, "an object with a 'type'");
            if (Check(tool, type, inner) is { } bad)
                return bad;
            _tools.Add((tool, name.GetString()));
        }

        return null;
    }

    private static RouterError? Check(JsonElement tool, JsonElement type, string path)
    {
        if (!IsOwn(type) || IsNested(tool, type) || (tool.TryGetProperty("name"u8, out var name) && name.ValueKind == JsonValueKind.String))
            return null;
        return ResponsesFaults.Missing($"{path}.name", "name the tool");
    }

    /// <summary>A tool that the caller runs.</summary>
    private static bool IsOwn(JsonElement type) => type.ValueEquals("function"u8) || type.ValueEquals("custom"u8);

    /// <summary>The tool is written as chat completions have it.</summary>
    private static bool IsNested(JsonElement tool, JsonElement type) =>
        tool.TryGetProperty(type.ValueEquals("custom"u8) ? "custom"u8 : "function"u8, out var inside) && inside.ValueKind == JsonValueKind.Object;

    private static void WriteTool(Utf8JsonWriter chat, JsonElement tool, string? space)
    {
        tool.TryGetProperty("type"u8, out var type);
        if (!IsOwn(type) || IsNested(tool, type))
        {
            ResponsesRequestReader.Copy(chat, tool);
            return;
        }

        var isCustom = type.ValueEquals("custom"u8);
        chat.WriteStartObject();
        ResponsesRequestReader.Copy(chat, "type", type);
        chat.WriteStartObject(isCustom ? "custom"u8 : "function"u8);
        foreach (var member in tool.EnumerateObject())
        {
            if (IsInside(member, isCustom))
                WriteInside(chat, member, space);
        }

        chat.WriteEndObject();
        foreach (var member in tool.EnumerateObject())
        {
            if (!member.NameEquals("type"u8) && !IsInside(member, isCustom))
                ResponsesRequestReader.Copy(chat, member);
        }

        chat.WriteEndObject();
    }

    private static bool IsInside(JsonProperty member, bool isCustom) =>
        member.NameEquals("name"u8) || member.NameEquals("description"u8)
        || (isCustom ? member.NameEquals("format"u8) : member.NameEquals("parameters"u8) || member.NameEquals("strict"u8));

    private static void WriteInside(Utf8JsonWriter chat, JsonProperty member, string? space)
    {
        if (member.Value.ValueKind == JsonValueKind.Null)
            return;
        if (space is not null && member.NameEquals("name"u8))
            chat.WriteString("name"u8, FlatName(space, member.Value.GetString()!));
        else if (member.NameEquals("format"u8) && IsGrammar(member.Value))
            WriteGrammar(chat, member.Value);
        else
            ResponsesRequestReader.Copy(chat, member);
    }

    private static bool IsGrammar(JsonElement format) =>
        format.ValueKind == JsonValueKind.Object && format.TryGetProperty("type"u8, out var type) && type.ValueKind == JsonValueKind.String && type.ValueEquals("grammar"u8)
        && !format.TryGetProperty("grammar"u8, out _);

    /// <summary>What stands beside the type in responses stands in a <c>grammar</c> of its own in chat completions.</summary>
    private static void WriteGrammar(Utf8JsonWriter chat, JsonElement format)
    {
        chat.WriteStartObject("format"u8);
        chat.WriteString("type"u8, "grammar"u8);
        chat.WriteStartObject("grammar"u8);
        foreach (var member in format.EnumerateObject())
        {
            if (!member.NameEquals("type"u8))
                ResponsesRequestReader.Copy(chat, member);
        }

        chat.WriteEndObject();
        chat.WriteEndObject();
    }

    private static RouterError? WriteChoice(JsonElement choice, Utf8JsonWriter chat)
    {
        if (choice.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null)
            return null;
        if (choice.ValueKind == JsonValueKind.String)
        {
            ResponsesRequestReader.Copy(chat, "tool_choice", choice);
            return null;
        }

        if (choice.ValueKind != JsonValueKind.Object || !choice.TryGetProperty("type"u8, out var type) || type.ValueKind != JsonValueKind.String)
            return ResponsesFaults.WrongType("tool_choice", "auto, none, required, or an object with a 'type'");
        chat.WritePropertyName("tool_choice"u8);
        if (type.ValueEquals("allowed_tools"u8) && !choice.TryGetProperty("allowed_tools"u8, out _))
            return WriteAllowed(choice, chat);
        WriteNamed(chat, choice);
        return null;
    }

    private static RouterError? WriteAllowed(JsonElement choice, Utf8JsonWriter chat)
    {
        if (!choice.TryGetProperty("tools"u8, out var tools) || tools.ValueKind != JsonValueKind.Array)
            return ResponsesFaults.WrongType("tool_choice.tools", "an array");
        chat.WriteStartObject();
        chat.WriteString("type"u8, "allowed_tools"u8);
        chat.WriteStartObject("allowed_tools"u8);
        if (choice.TryGetProperty("mode"u8, out var mode))
            ResponsesRequestReader.Copy(chat, "mode", mode);
        chat.WriteStartArray("tools"u8);
        foreach (var tool in tools.EnumerateArray())
            WriteNamed(chat, tool);
        chat.WriteEndArray();
        chat.WriteEndObject();
        chat.WriteEndObject();
        return null;
    }

    /// <summary>A tool by its name: <c>{type, name}</c> becomes <c>{type, function: {name}}</c>; anything else stays.</summary>
    private static void WriteNamed(Utf8JsonWriter chat, JsonElement named)
    {
        if (named.ValueKind != JsonValueKind.Object || !named.TryGetProperty("type"u8, out var type) || type.ValueKind != JsonValueKind.String || !IsOwn(type) || IsNested(named, type)
            || !named.TryGetProperty("name"u8, out var name) || name.ValueKind != JsonValueKind.String)
        {
            ResponsesRequestReader.Copy(chat, named);
            return;
        }

        chat.WriteStartObject();
        ResponsesRequestReader.Copy(chat, "type", type);
        chat.WriteStartObject(type.ValueEquals("custom"u8) ? "custom"u8 : "function"u8);
        if (named.TryGetProperty("namespace"u8, out var space) && space.ValueKind == JsonValueKind.String)
            chat.WriteString("name"u8, FlatName(space.GetString()!, name.GetString()!));
        else
            ResponsesRequestReader.Copy(chat, "name", name);
        chat.WriteEndObject();
        chat.WriteEndObject();
    }
}
