using System.Text.Json;
using ServerlessRouter.Json;

namespace ServerlessRouter.Doors.Messages;

/// <summary>
/// Writes what a request says of thinking and of the answer's form: Anthropic's own members as they are, and beside them <c>reasoning_effort</c> and <c>response_format</c>, which other vendors read.
/// </summary>
internal sealed class ThinkingReader(JsonElement request, Utf8JsonWriter writer, MessagesFaults faults)
{
    // Nearest levels; what lies above "high" costs without bound, and no budget asks for that.
    private const int LowBelow = 1536;
    private const int MediumBelow = 3072;

    public void Read()
    {
        var thinking = ElementJson.Member(request, "thinking"u8);
        var output = ElementJson.Member(request, "output_config"u8);
        if (faults.ExpectIfSent(thinking, JsonValueKind.Object, "thinking"))
        {
            CheckThinking(thinking);
            ElementJson.Copy(writer, "thinking"u8, thinking);
        }

        if (faults.ExpectIfSent(output, JsonValueKind.Object, "output_config"))
            ElementJson.Copy(writer, "output_config"u8, output);
        WriteEffort(thinking, output);
        WriteFormat(ElementJson.Member(output, "format"u8), "output_config.format");
        if (!ElementJson.IsSent(ElementJson.Member(output, "format"u8)))
            WriteFormat(ElementJson.Member(request, "output_format"u8), "output_format");
    }

    private void CheckThinking(JsonElement thinking)
    {
        if (!faults.Expect(ElementJson.Member(thinking, "type"u8), JsonValueKind.String, "thinking.type"))
            return;
        if (ElementJson.Is(thinking, "type"u8, "enabled"u8))
            faults.Expect(ElementJson.Member(thinking, "budget_tokens"u8), JsonValueKind.Number, "thinking.enabled.budget_tokens");
    }

    private void WriteEffort(JsonElement thinking, JsonElement output)
    {
        var own = ElementJson.Member(request, "reasoning_effort"u8);
        if (ElementJson.IsSent(own))
        {
            ElementJson.Copy(writer, "reasoning_effort"u8, own);
            return;
        }

        if (ElementJson.IsSent(ElementJson.Member(request, "reasoning"u8)))
            return;
        var effort = ElementJson.Member(output, "effort"u8);
        var isOff = ElementJson.Is(thinking, "type"u8, "disabled"u8);
        if (isOff)
            writer.WriteString("reasoning_effort"u8, "none"u8);
        else if (faults.ExpectIfSent(effort, JsonValueKind.String, "output_config.effort"))
            ElementJson.Copy(writer, "reasoning_effort"u8, effort);
        else if (ElementJson.Count(thinking, "budget_tokens"u8) is { } budget)
            writer.WriteString("reasoning_effort"u8, budget < LowBelow ? "low"u8 : budget < MediumBelow ? "medium"u8 : "high"u8);
        else if (ElementJson.Is(thinking, "type"u8, "adaptive"u8))
            writer.WriteString("reasoning_effort"u8, "high"u8); // What Anthropic takes it for.
    }

    private void WriteFormat(JsonElement format, string place)
    {
        if (!faults.ExpectIfSent(format, JsonValueKind.Object, place) || !faults.Expect(ElementJson.Member(format, "type"u8), JsonValueKind.String, $"{place}.type"))
            return;
        if (!ElementJson.Is(format, "type"u8, "json_schema"u8))
        {
            ElementJson.Copy(writer, "response_format"u8, format);
            return;
        }

        var schema = ElementJson.Member(format, "schema"u8);
        if (!faults.Expect(schema, JsonValueKind.Object, $"{place}.schema"))
            return;
        writer.WriteStartObject("response_format"u8);
        writer.WriteString("type"u8, "json_schema"u8);
        writer.WriteStartObject("json_schema"u8);
        if (ElementJson.Member(format, "name"u8) is { ValueKind: JsonValueKind.String } name)
            ElementJson.Copy(writer, "name"u8, name);
        else
            writer.WriteString("name"u8, "answer"u8);
        ElementJson.Copy(writer, "schema"u8, schema);
        writer.WriteBoolean("strict"u8, true);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
