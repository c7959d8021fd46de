using System.Text;
using System.Text.Json;
using ServerlessRouter.Json;

namespace ServerlessRouter.Chat;

/// <summary>Writes the content of a message as every vendor of OpenAI's schema takes it: a string where all of it is text, else parts with the members that OpenAI knows.</summary>
internal sealed class PlainContent(Utf8JsonWriter writer)
{
    private const string TextData = "data:text/";
    private const string Base64 = ";base64,";
    private const string Paragraph = "\n\n";

    public void Write(JsonElement content)
    {
        if (content.ValueKind == JsonValueKind.Array)
            Write(PartsOf(content), ifEmpty: "");
        else if (content.ValueKind != JsonValueKind.Undefined)
            ElementJson.Copy(writer, "content"u8, content);
    }

    public void Write(List<JsonElement> parts, string ifEmpty)
    {
        if (parts.Exists(static part => TextOf(part) is null && IsKnown(part)))
        {
            writer.WriteStartArray("content"u8);
            foreach (var part in parts)
                WritePart(part);
            writer.WriteEndArray();
            return;
        }

        var texts = parts.Select(TextOf).Where(static text => !string.IsNullOrEmpty(text)).ToList();
        writer.WriteString("content"u8, texts.Count == 0 ? ifEmpty : string.Join(Paragraph, texts));
    }

    /// <summary>The parts of a content; a bare text is one, as a JSON string.</summary>
    public static List<JsonElement> PartsOf(JsonElement content) => content.ValueKind switch
    {
        JsonValueKind.Array => [.. content.EnumerateArray()],
        JsonValueKind.String => [content],
        _ => [],
    };

    /// <summary>An image, or a file that is no text.</summary>
    public static bool IsMedium(JsonElement part) => IsKnown(part) && TextOf(part) is null;

    private static bool IsKnown(JsonElement part) => ElementJson.Text(part, "type"u8) is "image_url" or "file" or "input_audio";

    /// <summary>What a part says in words; null where it is no text.</summary>
    private static string? TextOf(JsonElement part)
    {
        if (part.ValueKind == JsonValueKind.String)
            return ElementJson.String(part);
        return ElementJson.Text(part, "type"u8) switch
        {
            "text" => ElementJson.Text(part, "text"u8),
            "file" => TextOfFile(ElementJson.Member(part, "file"u8)),
            "search_result" or "document" => TextOfSource(part),
            _ => null,
        };
    }

    private static string? TextOfFile(JsonElement file)
    {
        if (ElementJson.Text(file, "file_data"u8) is not { } data || !data.StartsWith(TextData, StringComparison.Ordinal) || data.IndexOf(Base64, StringComparison.Ordinal) is not (> 0 and var place))
            return null;
        var bytes = new byte[data.Length];
        return Convert.TryFromBase64String(data[(place + Base64.Length)..], bytes, out var length) ? Titled(ElementJson.Text(file, "filename"u8), Encoding.UTF8.GetString(bytes, 0, length)) : null;
    }

    /// <summary>The texts in a document or search result of Anthropic's own form.</summary>
    private static string TextOfSource(JsonElement part)
    {
        var content = ElementJson.Member(part, "content"u8) is { ValueKind: JsonValueKind.Array } inside ? inside : ElementJson.Member(ElementJson.Member(part, "source"u8), "content"u8);
        var texts = PartsOf(content).Select(static inner => inner.ValueKind == JsonValueKind.String ? ElementJson.String(inner) : ElementJson.Text(inner, "text"u8) ?? "");
        var source = ElementJson.Text(part, "source"u8);
        return Titled(ElementJson.Text(part, "title"u8), string.Join(Paragraph, source is null ? texts : texts.Prepend(source)));
    }

    private static string Titled(string? title, string text) => string.IsNullOrEmpty(title) ? text : $"{title}:\n{text}";

    private void WritePart(JsonElement part)
    {
        if (TextOf(part) is { } text)
        {
            if (text.Length == 0)
                return;
            writer.WriteStartObject();
            writer.WriteString("type"u8, "text"u8);
            writer.WriteString("text"u8, text);
            writer.WriteEndObject();
        }
        else if (IsKnown(part))
        {
            WriteMedium(part, ElementJson.Text(part, "type"u8)!);
        }
    }

    private void WriteMedium(JsonElement part, string type)
    {
        var name = Encoding.UTF8.GetBytes(type);
        writer.WriteStartObject();
        writer.WriteString("type"u8, name);
        if (type == "file" && ElementJson.Member(part, name) is { ValueKind: JsonValueKind.Object } file && !ElementJson.IsSent(ElementJson.Member(file, "filename"u8)))
        {
            // OpenAI wants one beside the data.
            writer.WriteStartObject(name);
            writer.WriteString("filename"u8, "document.pdf"u8);
            foreach (var member in file.EnumerateObject())
            {
                writer.WritePropertyName(member.Name);
                writer.WriteRawValue(ElementJson.Raw(member.Value), skipInputValidation: true);
            }

            writer.WriteEndObject();
        }
        else
        {
            ElementJson.CopyMember(writer, part, name);
        }

        writer.WriteEndObject();
    }
}
