using System.Text.Json;
using ServerlessRouter.Json;

namespace ServerlessRouter.Doors.Messages;

/// <summary>Writes the content of a whole answer as text blocks, split where what it rests on changes, with their citations.</summary>
internal sealed class AnswerTextWriter(Utf8JsonWriter writer)
{
    public void Write(JsonElement message)
    {
        var content = ElementJson.Member(message, "content"u8);
        var others = ElementJson.Member(message, "provider_specific_fields"u8);
        if (content.ValueKind == JsonValueKind.Array)
        {
            foreach (var part in content.EnumerateArray())
                WriteText(ElementJson.Member(part, "text"u8), default);
        }
        else if (content.ValueKind == JsonValueKind.String && ElementJson.Member(others, "citations"u8) is { ValueKind: JsonValueKind.Array } citations)
        {
            WriteCited(ElementJson.String(content), citations);
        }
        else
        {
            WriteText(content, ElementJson.Member(message, "annotations"u8));
        }

        // Where Anthropic's details tell why it refused, they say it.
        if (!ElementJson.IsSent(ElementJson.Member(others, "stop_details"u8)))
            WriteText(ElementJson.Member(message, "refusal"u8), default);
        WriteText(ElementJson.Member(ElementJson.Member(message, "audio"u8), "transcript"u8), default);
    }

    private void WriteText(JsonElement text, JsonElement annotations)
    {
        // Anthropic takes no blank texts back.
        if (text.ValueKind != JsonValueKind.String || string.IsNullOrWhiteSpace(ElementJson.String(text)))
            return;
        writer.WriteStartObject();
        writer.WriteString("type"u8, "text"u8);
        ElementJson.Copy(writer, "text"u8, text);
        if (annotations.ValueKind == JsonValueKind.Array && annotations.GetArrayLength() > 0)
        {
            writer.WriteStartArray("citations"u8);
            foreach (var annotation in annotations.EnumerateArray())
                CitationWriter.Write(writer, annotation);
            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    /// <summary>Anthropic's own citations say which text rests on them, in UTF-16 code units of the content.</summary>
    private void WriteCited(string content, JsonElement citations)
    {
        var written = 0;
        var entries = citations.EnumerateArray().Where(static entry => ElementJson.Member(entry, "citation"u8).ValueKind == JsonValueKind.Object).ToList();
        for (var place = 0; place < entries.Count;)
        {
            var (start, end) = Span(entries[place], written, content.Length);
            WritePlain(content[written..start]);
            writer.WriteStartObject();
            writer.WriteString("type"u8, "text"u8);
            writer.WriteString("text"u8, content.AsSpan(start, end - start));
            writer.WriteStartArray("citations"u8);
            do
                writer.WriteRawValue(ElementJson.Raw(ElementJson.Member(entries[place++], "citation"u8)), skipInputValidation: true);
            while (place < entries.Count && Span(entries[place], start, content.Length) == (start, end));
            writer.WriteEndArray();
            writer.WriteEndObject();
            written = end;
        }

        WritePlain(content[written..]);
    }

    private static (int Start, int End) Span(JsonElement entry, int min, int max)
    {
        var start = Math.Clamp(ElementJson.Count(entry, "start_index"u8) ?? min, min, max);
        return (start, Math.Clamp(ElementJson.Count(entry, "end_index"u8) ?? max, start, max));
    }

    private void WritePlain(string text)
    {
        if (text.Length == 0)
            return;
        writer.WriteStartObject();
        writer.WriteString("type"u8, "text"u8);
        writer.WriteString("text"u8, text);
        writer.WriteEndObject();
    }
}

/// <summary>Writes OpenAI's annotations of pages as Anthropic's citations of search results.</summary>
internal static class CitationWriter
{
    public static void Write(Utf8JsonWriter writer, JsonElement annotation)
    {
        var page = ElementJson.Member(annotation, "url_citation"u8) is { ValueKind: JsonValueKind.Object } inside ? inside : annotation;
        if (ElementJson.Member(page, "url"u8) is not { ValueKind: JsonValueKind.String } url)
            return;
        writer.WriteStartObject();
        writer.WriteString("type"u8, "web_search_result_location"u8);
        ElementJson.Copy(writer, "url"u8, url);
        Write(writer, "title"u8, ElementJson.Member(page, "title"u8));
        Write(writer, "cited_text"u8, ElementJson.Member(page, "content"u8));
        writer.WriteString("encrypted_index"u8, ""u8);
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, ReadOnlySpan<byte> name, JsonElement text)
    {
        if (text.ValueKind == JsonValueKind.String)
            ElementJson.Copy(writer, name, text);
        else
            writer.WriteString(name, ""u8);
    }
}
