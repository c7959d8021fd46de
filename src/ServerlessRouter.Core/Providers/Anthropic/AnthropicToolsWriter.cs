using System.Text.Json;
using ServerlessRouter.Json;
using ServerlessRouter.Providers.Translation;

namespace ServerlessRouter.Providers.Anthropic;

/// <summary>Writes <c>tools</c> and <c>tool_choice</c>.</summary>
internal sealed class AnthropicToolsWriter(Utf8JsonWriter writer, CacheBreakpoints cache, ClaudeTraits traits, StrictSchemaLimits limits, TranslationNotes notes)
{
    private const int UsualSchemaBytes = 512;

    /// <summary>Of a function, members that only this vendor has.</summary>
    private static readonly string[] OwnMembers = ["defer_loading", "allowed_callers", "input_examples", "eager_input_streaming"];

    public void Write(ToolOffer offer)
    {
        if (offer.Tools.Count == 0)
            return;
        writer.WriteStartArray("tools");
        foreach (var tool in offer.Tools)
            WriteTool(tool);
        writer.WriteEndArray();
        WriteChoice(offer.Choice, offer.IsOneAtATime);
    }

    private void WriteTool(in OfferedTool tool)
    {
        writer.WriteStartObject();
        if (tool.Function.ValueKind == JsonValueKind.Object || tool.Tool.ValueKind != JsonValueKind.Object)
            WriteFunction(tool);
        else
        {
            foreach (var member in tool.Tool.EnumerateObject())
            {
                if (!member.NameEquals("cache_control"))
                    member.WriteTo(writer);
            }
        }

        cache.Write(writer, tool.MemberOf("cache_control"));
        writer.WriteEndObject();
    }

    private void WriteFunction(in OfferedTool tool)
    {
        writer.WriteString("name", tool.Name);
        var description = tool.IsFreeForm ? FreeForm.Describe(tool.Function) : LooseJson.Text(tool.Function, "description");
        if (description is { Length: > 0 })
            writer.WriteString("description", description);
        if (tool.IsFreeForm)
            FreeForm.WriteSchema(writer, $"{tool.Param}.type", notes);
        else
            WriteSchema(tool);
        foreach (var name in OwnMembers)
        {
            if (tool.MemberOf(name) is { ValueKind: not (JsonValueKind.Undefined or JsonValueKind.Null) } value)
            {
                writer.WritePropertyName(name);
                value.WriteTo(writer);
            }
        }
    }

    /// <summary>A strict tool's schema keeps to what the vendor can hold a model to; where it cannot, the tool is not strict.</summary>
    private void WriteSchema(in OfferedTool tool)
    {
        var parameters = LooseJson.Member(tool.Function, "parameters");
        var param = $"{tool.Param}.function.parameters";
        var strict = LooseJson.Member(tool.Function, "strict");
        if (strict.ValueKind == JsonValueKind.True)
        {
            using var output = new PooledWriter(UsualSchemaBytes);
            if (traits.TakesSchema && parameters.ValueKind == JsonValueKind.Object && new ResponseSchemaWriter(parameters, param, notes).TryWrite(output) is null && limits.Take(output.Written, isTool: true) is null)
            {
                writer.WritePropertyName("input_schema");
                writer.WriteRawValue(output.Written.Span, skipInputValidation: true);
                writer.WriteBoolean("strict", true);
                return;
            }

            notes.Drop($"{tool.Param}.function.strict", strict);
        }

        writer.WritePropertyName("input_schema");
        new ToolSchemaWriter(writer, notes).Write(parameters, param);
    }

    private void WriteChoice(in ToolChoice choice, bool isOneAtATime)
    {
        if (choice.Type is null && !isOneAtATime)
            return;
        writer.WriteStartObject("tool_choice");
        writer.WriteString("type", choice.Type ?? "auto");
        if (choice.Name is not null)
            writer.WriteString("name", choice.Name);
        if (isOneAtATime && choice.Type != "none")
            writer.WriteBoolean("disable_parallel_tool_use", true);
        writer.WriteEndObject();
    }
}
