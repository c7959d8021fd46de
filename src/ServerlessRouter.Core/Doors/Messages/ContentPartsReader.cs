using System.Text;
using System.Text.Json;
using ServerlessRouter.Json;

namespace ServerlessRouter.Doors.Messages;

/// <summary>
/// Writes content blocks as the parts of chat messages: texts, images and files in OpenAI's form, with <c>cache_control</c> and what else only Anthropic has beside them; blocks of any other type stay as they are, for Anthropic's own
/// models.
/// </summary>
internal sealed class ContentPartsReader(Utf8JsonWriter writer, MessagesFaults faults)
{
    /// <summary>False, with a fault, for what is no block, and for a text without its text.</summary>
    public bool IsBlock(JsonElement block, BlockPlace place)
    {
        if (!faults.Expect(block, JsonValueKind.Object, place.ToString()) || !faults.Expect(ElementJson.Member(block, "type"u8), JsonValueKind.String, place.Of("type")))
            return false;
        return !IsText(block) || faults.Expect(ElementJson.Member(block, "text"u8), JsonValueKind.String, place.Of("text.text"));
    }

    public static bool IsText(JsonElement block) => ElementJson.Is(block, "type"u8, "text"u8);

    /// <summary>A text that nothing but its text is known of.</summary>
    public static bool IsBareText(JsonElement block) => IsText(block) && !ElementJson.IsSent(ElementJson.Member(block, "cache_control"u8));

    /// <summary>Writes <c>content</c>: a string where it is one bare text or nothing, else parts.</summary>
    public void WriteContent(List<JsonElement> blocks, BlockPlace place)
    {
        if (blocks.Count == 0)
        {
            writer.WriteString("content"u8, ""u8);
        }
        else if (blocks.Count == 1 && IsBareText(blocks[0]))
        {
            ElementJson.Copy(writer, "content"u8, ElementJson.Member(blocks[0], "text"u8));
        }
        else
        {
            writer.WriteStartArray("content"u8);
            foreach (var block in blocks)
                WritePart(block, place);
            writer.WriteEndArray();
        }
    }

    /// <summary>Writes a string of raw text: JSON escapes are kept.</summary>
    public void WriteJoined(ReadOnlySpan<byte> name, ReadOnlySpan<byte> raw) => WriteJoined(name, raw, default, default, default);

    public void WritePart(JsonElement block, BlockPlace place)
    {
        var source = ElementJson.Member(block, "source"u8);
        var type = ElementJson.Text(block, "type"u8);
        switch (type)
        {
            case "text":
                writer.WriteStartObject();
                writer.WriteString("type"u8, "text"u8);
                ElementJson.Copy(writer, "text"u8, ElementJson.Member(block, "text"u8));
                ElementJson.CopyMember(writer, block, "cache_control"u8);
                writer.WriteEndObject();
                break;
            case "image" or "document" when !faults.Expect(source, JsonValueKind.Object, place.Of($"{type}.source")) || !faults.Expect(ElementJson.Member(source, "type"u8), JsonValueKind.String, place.Of($"{type}.source.type")):
                break;
            case "image" when IsData(source) || IsAddress(source):
                WriteImage(block, source);
                break;
            case "document" when IsData(source) || IsAddress(source):
                WriteFile(block, source);
                break;
            default:
                writer.WriteRawValue(ElementJson.Raw(block), skipInputValidation: true);
                break;
        }
    }

    private void WriteImage(JsonElement block, JsonElement source)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "image_url"u8);
        writer.WriteStartObject("image_url"u8);
        if (IsData(source))
            WriteDataUrl("url"u8, source);
        else
            ElementJson.CopyMember(writer, source, "url"u8);
        writer.WriteEndObject();
        ElementJson.CopyMember(writer, block, "cache_control"u8);
        writer.WriteEndObject();
    }

    private void WriteFile(JsonElement block, JsonElement source)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "file"u8);
        writer.WriteStartObject("file"u8);
        if (ElementJson.Member(block, "title"u8) is { ValueKind: JsonValueKind.String } title)
            ElementJson.Copy(writer, "filename"u8, title);
        if (IsAddress(source))
            ElementJson.Copy(writer, "file_url"u8, ElementJson.Member(source, "url"u8));
        else if (ElementJson.Is(source, "type"u8, "text"u8))
            writer.WriteString("file_data"u8, $"data:text/plain;base64,{Convert.ToBase64String(Encoding.UTF8.GetBytes(ElementJson.Text(source, "data"u8)!))}");
        else
            WriteDataUrl("file_data"u8, source);
        writer.WriteEndObject();
        ElementJson.CopyMember(writer, block, "context"u8);
        ElementJson.CopyMember(writer, block, "citations"u8);
        ElementJson.CopyMember(writer, block, "cache_control"u8);
        writer.WriteEndObject();
    }

    private static bool IsData(JsonElement source) =>
        ElementJson.Member(source, "data"u8).ValueKind == JsonValueKind.String
        && (ElementJson.Is(source, "type"u8, "text"u8) || (ElementJson.Is(source, "type"u8, "base64"u8) && ElementJson.Member(source, "media_type"u8).ValueKind == JsonValueKind.String));

    private static bool IsAddress(JsonElement source) => ElementJson.Is(source, "type"u8, "url"u8) && ElementJson.Member(source, "url"u8).ValueKind == JsonValueKind.String;

    private void WriteDataUrl(ReadOnlySpan<byte> name, JsonElement source) =>
        WriteJoined(name, "data:"u8, ElementJson.Inside(ElementJson.Member(source, "media_type"u8)), ";base64,"u8, ElementJson.Inside(ElementJson.Member(source, "data"u8)));

    private void WriteJoined(ReadOnlySpan<byte> name, ReadOnlySpan<byte> one, ReadOnlySpan<byte> two, ReadOnlySpan<byte> three, ReadOnlySpan<byte> four)
    {
        using var joined = new PooledWriter(one.Length + two.Length + three.Length + four.Length + 2);
        joined.Append("\""u8);
        joined.Append(one);
        joined.Append(two);
        joined.Append(three);
        joined.Append(four);
        joined.Append("\""u8);
        writer.WritePropertyName(name);
        writer.WriteRawValue(joined.Written.Span, skipInputValidation: true);
    }
}
