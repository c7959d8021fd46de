using System.Text.Json;

namespace ServerlessRouter.Providers.Anthropic;

/// <summary>One tool of a request: a function with its JSON schema, or a tool in the vendor's own form.</summary>
internal readonly record struct OfferedTool
{
    private const int DateDigits = 8;

    public required string Name { get; init; }

    /// <summary>The whole entry.</summary>
    public JsonElement Tool { get; init; }

    /// <summary>The function in it; undefined for the vendor's own form and for a tool that only the history names.</summary>
    public JsonElement Function { get; init; }

    /// <summary>It comes from the old <c>functions</c>.</summary>
    public bool IsOld { get; init; }

    /// <summary>Where it stands in the request.</summary>
    public string Param { get; init; }

    /// <summary>A member beside the function or inside it.</summary>
    public JsonElement MemberOf(string name) => AnthropicJson.Member(Tool, name) is { ValueKind: not JsonValueKind.Undefined } outside ? outside : AnthropicJson.Member(Function, name);

    /// <summary>Reads <c>tools</c> and the old <c>functions</c>.</summary>
    public static List<OfferedTool> Read(JsonElement request, TranslationNotes notes)
    {
        var offered = new List<OfferedTool>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var list in (ReadOnlySpan<string>)["tools", "functions"])
        {
            if (AnthropicJson.Member(request, list) is not { ValueKind: JsonValueKind.Array } tools)
                continue;
            if (list == "functions" && tools.GetArrayLength() > 0)
                notes.Change(list, "functions and function_call", "tools and tool_calls");
            var number = 0;
            foreach (var tool in tools.EnumerateArray())
                Add(tool, list == "functions", $"{list}[{number++}]", offered, names, notes);
        }

        return offered;
    }

    private static void Add(JsonElement tool, bool isOld, string param, List<OfferedTool> offered, HashSet<string> names, TranslationNotes notes)
    {
        var type = AnthropicJson.Text(tool, "type");
        var isOwn = !isOld && (AnthropicJson.Member(tool, "input_schema").ValueKind == JsonValueKind.Object || (type is not null && IsOwnType(type)));
        var function = isOwn ? default : isOld || AnthropicJson.Member(tool, "function").ValueKind != JsonValueKind.Object ? tool : AnthropicJson.Member(tool, "function");
        var name = AnthropicJson.Text(isOwn ? tool : function, "name") ?? (isOwn ? AnthropicJson.Text(tool, "mcp_server_name") ?? type : null);
        if (!isOwn && !isOld && type is not (null or "function"))
            notes.Refuse($"{param}.type", $"A tool of the type '{type}' cannot be translated for Anthropic's API: functions can, and tools in Anthropic's own form.");
        else if (name is null)
            notes.Refuse($"{param}.function.name", $"'{param}' has no function with a name.");
        else if (!isOwn && !ToolNames.IsLegal(name))
            notes.Refuse($"{param}.function.name", $"The tool name '{name}' has characters or a length that Anthropic's API refuses: it takes 1 to {ToolNames.MaxLength} letters, digits, '_' and '-'.");
        else if (!names.Add(name))
            notes.Refuse($"{param}.function.name", $"Two tools have the name '{name}'; Anthropic's API wants each name once.");
        else
            offered.Add(new OfferedTool { Name = name, Tool = tool, Function = function, IsOld = isOld, Param = param });
    }

    /// <summary>The vendor's tools carry the date of their version, as <c>web_search_20250305</c>.</summary>
    private static bool IsOwnType(string type) =>
        type == "mcp_toolset"
        || (type.Length > DateDigits + 1 && type[^(DateDigits + 1)] == '_' && !type.AsSpan(type.Length - DateDigits).ContainsAnyExceptInRange('0', '9'));
}
