using System.Text.Json;
using ServerlessRouter.Json;

namespace ServerlessRouter.Doors.Messages;

/// <summary>Writes <c>tools</c> and <c>tool_choice</c> as chat requests have them. Tools that Anthropic runs itself stay as they are: no function of the caller's stands behind them.</summary>
internal sealed class MessagesToolsReader(JsonElement request, Utf8JsonWriter writer, MessagesFaults faults)
{
    private static readonly HashSet<string> Translated = new(StringComparer.Ordinal) { "type", "name", "description", "input_schema", "strict" };

    public void Read()
    {
        var tools = ElementJson.Member(request, "tools"u8);
        var hasTools = faults.ExpectIfSent(tools, JsonValueKind.Array, "tools") && tools.GetArrayLength() > 0;
        if (hasTools)
        {
            var place = 0;
            writer.WriteStartArray("tools"u8);
            foreach (var tool in tools.EnumerateArray())
                WriteTool(tool, place++);
            writer.WriteEndArray();
        }

        var choice = ElementJson.Member(request, "tool_choice"u8);
        if (faults.ExpectIfSent(choice, JsonValueKind.Object, "tool_choice"))
            WriteChoice(choice, hasTools);
    }

    private void WriteTool(JsonElement tool, int place)
    {
        if (tool.ValueKind != JsonValueKind.Object)
        {
            faults.Add($"tools.{place}", MessagesFaults.NotObject);
            return;
        }

        var type = ElementJson.Member(tool, "type"u8);
        if (faults.ExpectIfSent(type, JsonValueKind.String, $"tools.{place}.type") && !type.ValueEquals("custom"u8))
        {
            writer.WriteRawValue(ElementJson.Raw(tool), skipInputValidation: true);
            return;
        }

        var name = ElementJson.Member(tool, "name"u8);
        var schema = ElementJson.Member(tool, "input_schema"u8);
        if (!faults.Expect(name, JsonValueKind.String, $"tools.{place}.custom.name") || !faults.Expect(schema, JsonValueKind.Object, $"tools.{place}.custom.input_schema"))
            return;
        var text = ElementJson.String(name);
        if (text.Length == 0)
            faults.Add($"tools.{place}.custom.name", "String should have at least 1 character");
        writer.WriteStartObject();
        writer.WriteString("type"u8, "function"u8);
        writer.WriteStartObject("function"u8);
        writer.WriteString("name"u8, ShortToolNames.Of(text));
        if (faults.ExpectIfSent(ElementJson.Member(tool, "description"u8), JsonValueKind.String, $"tools.{place}.custom.description"))
            ElementJson.CopyMember(writer, tool, "description"u8);
        ElementJson.Copy(writer, "parameters"u8, schema);
        ElementJson.CopyMember(writer, tool, "strict"u8);
        writer.WriteEndObject();
        foreach (var member in tool.EnumerateObject())
        {
            if (Translated.Contains(member.Name) || !ElementJson.IsSent(member.Value))
                continue;
            writer.WritePropertyName(member.Name);
            writer.WriteRawValue(ElementJson.Raw(member.Value), skipInputValidation: true);
        }

        writer.WriteEndObject();
    }

    private void WriteChoice(JsonElement choice, bool hasTools)
    {
        var type = ElementJson.Text(choice, "type"u8);
        switch (type)
        {
            case "auto" or "none":
                if (hasTools)
                    writer.WriteString("tool_choice"u8, type);
                break;
            case "any" or "tool" when !hasTools:
                faults.Add("tool_choice", "tool_choice may only be specified while providing tools");
                break;
            case "any":
                writer.WriteString("tool_choice"u8, "required"u8);
                break;
            case "tool":
                WriteNamed(choice);
                break;
            case null:
                faults.Add("tool_choice.type", MessagesFaults.Required);
                break;
            default:
                faults.Add("tool_choice", "Input tag found using 'type' does not match any of the expected tags: 'auto', 'any', 'tool', 'none'");
                break;
        }

        var isOneAtATime = ElementJson.Member(choice, "disable_parallel_tool_use"u8);
        if (isOneAtATime.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null or JsonValueKind.True or JsonValueKind.False))
            faults.Add("tool_choice.disable_parallel_tool_use", MessagesFaults.NotFlag);
        // Refused without tools.
        if (hasTools && isOneAtATime.ValueKind == JsonValueKind.True)
            writer.WriteBoolean("parallel_tool_calls"u8, false);
    }

    private void WriteNamed(JsonElement choice)
    {
        if (!faults.Expect(ElementJson.Member(choice, "name"u8), JsonValueKind.String, "tool_choice.tool.name"))
            return;
        writer.WriteStartObject("tool_choice"u8);
        writer.WriteString("type"u8, "function"u8);
        writer.WriteStartObject("function"u8);
        writer.WriteString("name"u8, ShortToolNames.Of(ElementJson.Text(choice, "name"u8)!));
        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
