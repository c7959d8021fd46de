using System.Text.Json;

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
        var isOneAtATime = AnthropicJson.Member(request, "parallel_tool_calls").ValueKind == JsonValueKind.False
            || AnthropicJson.Member(AnthropicJson.Member(request, "tool_choice"), "disable_parallel_tool_use").ValueKind == JsonValueKind.True || tools is [{ IsOld: true }, ..];
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
