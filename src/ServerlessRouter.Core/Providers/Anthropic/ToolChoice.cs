using System.Text.Json;
using ServerlessRouter.Providers.Translation;

namespace ServerlessRouter.Providers.Anthropic;

/// <summary><c>tool_choice</c> (OpenAI's forms and the vendor's own) and the old <c>function_call</c>, in the vendor's words.</summary>
internal readonly record struct ToolChoice
{
    /// <summary><c>auto</c>, <c>any</c>, <c>tool</c> or <c>none</c>; null where the caller leaves it open.</summary>
    public string? Type { get; init; }

    /// <summary>The tool of <c>tool</c>.</summary>
    public string? Name { get; init; }

    /// <summary>The only tools that may be called; null for all.</summary>
    public HashSet<string>? Allowed { get; init; }

    /// <summary>A tool must be called.</summary>
    public bool IsForced => Type is "any" or "tool";

    public static ToolChoice Read(JsonElement request, TranslationNotes notes)
    {
        var (param, choice) = ("tool_choice", LooseJson.Member(request, "tool_choice"));
        if (choice.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null)
            (param, choice) = ("function_call", LooseJson.Member(request, "function_call"));
        return choice.ValueKind switch
        {
            JsonValueKind.Undefined or JsonValueKind.Null => default,
            JsonValueKind.String => OfWord(param, LooseJson.String(choice), notes),
            JsonValueKind.Object => OfObject(param, choice, notes),
            _ => Refused(param, notes),
        };
    }

    private static ToolChoice OfWord(string param, string word, TranslationNotes notes) => word switch
    {
        "auto" or "none" => new ToolChoice { Type = word },
        "required" or "any" => new ToolChoice { Type = "any" },
        _ => Refused(param, notes),
    };

    private static ToolChoice OfObject(string param, JsonElement choice, TranslationNotes notes)
    {
        var type = LooseJson.Text(choice, "type");
        var name = NameIn(choice);
        return type switch
        {
            "allowed_tools" => OfAllowed(LooseJson.Member(choice, "allowed_tools") is { ValueKind: JsonValueKind.Object } inside ? inside : choice, notes),
            "auto" or "none" or "any" or "required" => OfWord(param, type, notes),
            null or "function" or "custom" or "tool" when name is not null => new ToolChoice { Type = "tool", Name = name },
            _ => Refused(param, notes),
        };
    }

    private static ToolChoice OfAllowed(JsonElement choice, TranslationNotes notes)
    {
        const string Param = "tool_choice.allowed_tools";
        var tools = LooseJson.Member(choice, "tools");
        if (tools.ValueKind != JsonValueKind.Array)
            return Refused(Param, notes);
        var allowed = new HashSet<string>(StringComparer.Ordinal);
        foreach (var tool in tools.EnumerateArray())
        {
            if (NameIn(tool) is { } name)
                allowed.Add(name);
            else
                notes.Refuse($"{Param}.tools", "A tool of 'tool_choice.allowed_tools' is no function with a name.");
        }

        return LooseJson.Text(choice, "mode") switch
        {
            "auto" or null => new ToolChoice { Type = "auto", Allowed = allowed },
            "required" => new ToolChoice { Type = "any", Allowed = allowed },
            _ => Refused($"{Param}.mode", notes),
        };
    }

    private static string? NameIn(JsonElement tool) =>
        LooseJson.Text(LooseJson.Member(tool, "function"), "name") ?? LooseJson.Text(LooseJson.Member(tool, "custom"), "name") ?? LooseJson.Text(tool, "name");

    private static ToolChoice Refused(string param, TranslationNotes notes)
    {
        notes.Refuse(param, $"'{param}' cannot be translated for Anthropic's API: none, auto, required, a function by name, and allowed_tools can.");
        return default;
    }
}
