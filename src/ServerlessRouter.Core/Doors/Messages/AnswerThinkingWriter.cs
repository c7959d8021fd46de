using System.Text.Json;
using ServerlessRouter.Json;

namespace ServerlessRouter.Doors.Messages;

/// <summary>
/// Writes the reasoning of a whole answer as thinking blocks: from <c>reasoning_details</c>, else <c>thinking_blocks</c>, else the text in <c>reasoning_content</c> or <c>reasoning</c>, of which the others are copies.
/// </summary>
internal sealed class AnswerThinkingWriter(Utf8JsonWriter writer)
{
    public void Write(JsonElement message)
    {
        var details = ElementJson.Member(message, "reasoning_details"u8);
        var blocks = ElementJson.Member(message, "thinking_blocks"u8);
        var hasDetails = details.ValueKind == JsonValueKind.Array && details.GetArrayLength() > 0;
        if (!hasDetails && blocks.ValueKind == JsonValueKind.Array && blocks.GetArrayLength() > 0)
        {
            WriteBlocks(blocks);
            return;
        }

        // Details of some vendors are nothing but the encrypted part.
        if (!hasDetails || !details.EnumerateArray().Any(static entry => TextOf(entry).ValueKind == JsonValueKind.String))
            WriteText(message);
        if (hasDetails)
            WriteDetails(details);
    }

    private static JsonElement TextOf(JsonElement entry) =>
        ElementJson.Member(entry, "text"u8) is { ValueKind: JsonValueKind.String } text ? text : ElementJson.Member(entry, "summary"u8);

    private void WriteText(JsonElement message)
    {
        foreach (var field in (ReadOnlySpan<string>)["reasoning_content", "reasoning"])
        {
            var text = ElementJson.Member(message, System.Text.Encoding.UTF8.GetBytes(field));
            if (text.ValueKind != JsonValueKind.String || ElementJson.Inside(text).IsEmpty)
                continue;
            WriteThinking(text, ThinkingSeal.OfField(field));
            return;
        }
    }

    private void WriteDetails(JsonElement details)
    {
        foreach (var entry in details.EnumerateArray())
        {
            if (entry.ValueKind != JsonValueKind.Object)
                continue;
            if (ElementJson.Is(entry, "type"u8, "reasoning.encrypted"u8))
            {
                WriteRedacted(ThinkingSeal.Data(entry));
                continue;
            }

            var seal = new ThinkingSeal();
            seal.Read(entry);
            WriteThinking(TextOf(entry), seal);
        }
    }

    private void WriteBlocks(JsonElement blocks)
    {
        foreach (var block in blocks.EnumerateArray())
        {
            if (ElementJson.Is(block, "type"u8, "redacted_thinking"u8))
            {
                WriteRedacted(System.Text.Encoding.UTF8.GetBytes(ElementJson.Text(block, "data"u8) ?? ""));
                continue;
            }

            var seal = ThinkingSeal.OfAnthropic();
            if (ElementJson.Text(block, "signature"u8) is { Length: > 0 } signature)
                seal.Sign(signature);
            WriteThinking(ElementJson.Member(block, "thinking"u8), seal);
        }
    }

    private void WriteThinking(JsonElement text, ThinkingSeal seal)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "thinking"u8);
        if (text.ValueKind == JsonValueKind.String)
            ElementJson.Copy(writer, "thinking"u8, text);
        else
            writer.WriteString("thinking"u8, ""u8);
        writer.WriteString("signature"u8, seal.Signature());
        writer.WriteEndObject();
    }

    private void WriteRedacted(ReadOnlySpan<byte> data)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "redacted_thinking"u8);
        writer.WriteString("data"u8, data);
        writer.WriteEndObject();
    }
}
