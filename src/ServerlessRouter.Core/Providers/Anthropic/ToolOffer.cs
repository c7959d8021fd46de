using System.Text.Json;
using ServerlessRouter.Providers.Translation;

namespace ServerlessRouter.Providers.Anthropic;

/// <summary>The tools that go up and how they are chosen: what the caller offers and allows, and where a conversation holds calls but no tools are offered, those that were called.</summary>
internal sealed class ToolOffer
{
    private ToolOffer(List<OfferedTool> tools, ToolChoice choice, bool isOneAtATime) => (Tools, Choice, IsOneAtATime) = (tools, choice, isOneAtATime);

    public List<OfferedTool> Tools { get; }

    public ToolChoice Choice { get; }

    /// <summary>At most one call an answer.</summary>
    public bool IsOneAtATime { get; }

    /// <summary>Marks of the prompt cache.</summary>
    public int Marks => Tools.Count(static tool => tool.MemberOf("cache_control").ValueKind == JsonValueKind.Object);

    public static ToolOffer Read(JsonElement request, ToolChoice choice, ToolCallIds history, ClaudeTraits traits, TranslationNotes notes)
    {
        var tools = OfferedTool.Read(request, notes);
        if (choice.IsForced && !traits.TakesForcedTool)
            notes.Refuse("tool_choice", "This Claude model refuses to be forced to call a tool; send tool_choice 'auto'.");
        if (choice.IsForced && choice.Name is null && tools.Count == 0)
            notes.Refuse("tool_choice", "'tool_choice' demands a call, and 'tools' offers no tool.");
        if (choice.Name is { } name && !tools.Exists(tool => tool.Name == name))
            notes.Refuse("tool_choice", $"'tool_choice' names the tool '{name}', which 'tools' does not offer.");
        if (choice.Allowed is { } allowed)
            choice = Narrow(choice, allowed, tools, notes);
        if (tools.Count == 0 && !history.IsEmpty)
        {
            // The vendor wants tools beside calls; the caller offers none, so none may be called.
            tools.AddRange(history.Names.Select(ToolNames.Legal).Distinct(StringComparer.Ordinal).Select(static called => new OfferedTool { Name = called, Param = "tools" }));
            notes.Change("tools", null, string.Join(", ", tools.Select(static tool => tool.Name)));
            choice = new ToolChoice { Type = "none" };
        }

        // An answer to the old 'functions' holds one call.
        var isOneAtATime = LooseJson.Member(request, "parallel_tool_calls").ValueKind == JsonValueKind.False
            || LooseJson.Member(LooseJson.Member(request, "tool_choice"), "disable_parallel_tool_use").ValueKind == JsonValueKind.True || tools is [{ IsOld: true }, ..];
        return new ToolOffer(tools, choice, isOneAtATime);
    }

    /// <summary>Leaves only what may be called. Where that is nothing, all is offered and nothing may be called.</summary>
    private static ToolChoice Narrow(in ToolChoice choice, HashSet<string> allowed, List<OfferedTool> tools, TranslationNotes notes)
    {
        const string Param = "tool_choice.allowed_tools.tools";
        var names = tools.Select(static tool => tool.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var name in allowed)
        {
            if (!names.Contains(name))
                notes.Refuse(Param, $"'tool_choice.allowed_tools' names the tool '{name}', which 'tools' does not offer.");
        }

        if (allowed.Count == 0 && choice.IsForced)
            notes.Refuse(Param, "'tool_choice.allowed_tools' allows no tool and demands a call.");
        if (allowed.Count == 0)
            return new ToolChoice { Type = "none" };
        tools.RemoveAll(tool => !allowed.Contains(tool.Name));
        return choice;
    }
}

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

    /// <summary>A tool that takes free text, which goes up as a function with one text.</summary>
    public bool IsFreeForm { get; init; }

    /// <summary>Where it stands in the request.</summary>
    public string Param { get; init; }

    /// <summary>A member beside the function or inside it.</summary>
    public JsonElement MemberOf(string name) => LooseJson.Member(Tool, name) is { ValueKind: not JsonValueKind.Undefined } outside ? outside : LooseJson.Member(Function, name);

    /// <summary>Reads <c>tools</c> and the old <c>functions</c>.</summary>
    public static List<OfferedTool> Read(JsonElement request, TranslationNotes notes)
    {
        var offered = new List<OfferedTool>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var list in (ReadOnlySpan<string>)["tools", "functions"])
        {
            if (LooseJson.Member(request, list) is not { ValueKind: JsonValueKind.Array } tools)
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
        var type = LooseJson.Text(tool, "type");
        var isOwn = !isOld && (LooseJson.Member(tool, "input_schema").ValueKind == JsonValueKind.Object || (type is not null && IsOwnType(type)));
        var isFreeForm = !isOld && !isOwn && type == "custom";
        var function = isOwn ? default : isFreeForm ? LooseJson.Member(tool, "custom") : isOld || LooseJson.Member(tool, "function").ValueKind != JsonValueKind.Object ? tool : LooseJson.Member(tool, "function");
        var name = LooseJson.Text(isOwn ? tool : function, "name") ?? (isOwn ? LooseJson.Text(tool, "mcp_server_name") ?? type : null);
        if (!isOwn && !isOld && !isFreeForm && type is not (null or "function"))
            notes.Refuse($"{param}.type", $"A tool of the type '{type}' cannot be translated for Anthropic's API: functions and custom tools can, and tools in Anthropic's own form.");
        else if (name is null)
            notes.Refuse($"{param}.function.name", $"'{param}' has no function with a name.");
        else if (!isOwn && !ToolNames.IsLegal(name))
            notes.Refuse($"{param}.function.name", $"The tool name '{name}' has characters or a length that Anthropic's API refuses: it takes 1 to {ToolNames.MaxLength} letters, digits, '_' and '-'.");
        else if (!names.Add(name))
            notes.Refuse($"{param}.function.name", $"Two tools have the name '{name}'; Anthropic's API wants each name once.");
        else
            offered.Add(new OfferedTool { Name = name, Tool = tool, Function = function, IsOld = isOld, IsFreeForm = isFreeForm, Param = param });
    }

    /// <summary>The vendor's tools carry the date of their version, as <c>web_search_20250305</c>.</summary>
    private static bool IsOwnType(string type) =>
        type == "mcp_toolset"
        || (type.Length > DateDigits + 1 && type[^(DateDigits + 1)] == '_' && !type.AsSpan(type.Length - DateDigits).ContainsAnyExceptInRange('0', '9'));
}

/// <summary>Names of tools as the vendor takes them: <c>^[a-zA-Z0-9_-]{1,128}$</c>.</summary>
internal static class ToolNames
{
    public const int MaxLength = 128;

    public static bool IsLegal(string name) => name.Length is > 0 and <= MaxLength && name.All(IsLegal);

    /// <summary>A name of the history, made legal; the caller need not know it again, for it is never called by it.</summary>
    public static string Legal(string name, CallPlace place, TranslationNotes notes)
    {
        var legal = Legal(name);
        if (notes.IsRead && legal != name)
            notes.Change($"{place}.name", name, legal);
        return legal;
    }

    /// <summary>The name with the vendor's characters alone.</summary>
    public static string Legal(string name) => IsLegal(name) ? name : string.Concat(name.Take(MaxLength).Select(static character => IsLegal(character) ? character : '_'));

    private static bool IsLegal(char character) => char.IsAsciiLetterOrDigit(character) || character is '_' or '-';
}
