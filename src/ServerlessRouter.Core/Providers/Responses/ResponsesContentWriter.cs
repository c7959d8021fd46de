using System.Text.Json;
using ServerlessRouter.Providers.Translation;

namespace ServerlessRouter.Providers.Responses;

/// <summary>Writes the content of a message, or of a tool's result: a text, or parts of text, images and files.</summary>
internal sealed class ResponsesContentWriter(Utf8JsonWriter writer, TranslationNotes notes)
{
    // The vendor wants one beside the data.
    private const string UnnamedFile = "file";

    /// <summary>Writes it as the named property; <paramref name="preface"/> is a text of the router's own before it.</summary>
    public void Write(JsonElement content, MessagePlace place, string? preface = null, string property = "content")
    {
        if (preface is null && content.ValueKind != JsonValueKind.Array)
        {
            writer.WriteString(property, TextOf(content));
            return;
        }

        writer.WriteStartArray(property);
        if (preface is not null)
            WriteText(preface, default);
        if (content.ValueKind == JsonValueKind.Array)
        {
            var number = 0;
            foreach (var part in content.EnumerateArray())
                WritePart(part, place with { Part = number++ });
        }
        else
        {
            WriteText(TextOf(content), default);
        }

        writer.WriteEndArray();
    }

    /// <summary>A result may be JSON instead of the text that holds it.</summary>
    private static string TextOf(JsonElement content) => content.ValueKind switch
    {
        JsonValueKind.String => LooseJson.String(content),
        JsonValueKind.Undefined or JsonValueKind.Null => "",
        _ => LooseJson.Raw(content),
    };

    private void WritePart(JsonElement part, MessagePlace place)
    {
        if (part.ValueKind == JsonValueKind.String)
        {
            WriteText(LooseJson.String(part), default);
            return;
        }

        var type = LooseJson.Text(part, "type");
        switch (type)
        {
            case "text" or "input_text" or "output_text":
                WriteText(LooseJson.Text(part, "text") ?? "", part);
                break;
            case "image_url" or "input_image":
                WriteImage(part, place);
                break;
            case "file" or "input_file":
                WriteFile(part, place);
                break;
            default:
                notes.Refuse(place.ToString(), type == "input_audio"
                    ? "OpenAI's Responses API takes no audio."
                    : $"A content part of the type '{type}' cannot be translated for OpenAI's Responses API; text, image_url and file can.");
                break;
        }
    }

    private void WriteText(string text, JsonElement part)
    {
        writer.WriteStartObject();
        writer.WriteString("type", "input_text");
        writer.WriteString("text", text);
        EndPart(part);
    }

    private void WriteImage(JsonElement part, MessagePlace place)
    {
        var image = LooseJson.Member(part, "image_url");
        var url = image.ValueKind == JsonValueKind.String ? LooseJson.String(image) : LooseJson.Text(image, "url");
        var file = LooseJson.Text(part, "file_id");
        if (string.IsNullOrWhiteSpace(url) && file is null)
            notes.Refuse(place.ToString(), "An image comes without its address or data.");
        writer.WriteStartObject();
        writer.WriteString("type", "input_image");
        if (string.IsNullOrWhiteSpace(url))
            writer.WriteString("file_id", file);
        else
            writer.WriteString("image_url", url);
        writer.WriteString("detail", LooseJson.Text(image, "detail") ?? LooseJson.Text(part, "detail") ?? "auto");
        EndPart(part);
    }

    private void WriteFile(JsonElement part, MessagePlace place)
    {
        var file = LooseJson.Member(part, "file") is { ValueKind: JsonValueKind.Object } inside ? inside : part;
        var data = LooseJson.Text(file, "file_data") ?? LooseJson.Text(file, "file_url");
        var id = LooseJson.Text(file, "file_id");
        writer.WriteStartObject();
        writer.WriteString("type", "input_file");
        if (id is { Length: > 0 })
        {
            writer.WriteString("file_id", id);
        }
        else if (data is { Length: > 0 } && data.StartsWith("http", StringComparison.OrdinalIgnoreCase))
        {
            writer.WriteString("file_url", data);
        }
        else if (data is { Length: > 0 })
        {
            writer.WriteString("filename", LooseJson.Text(file, "filename") is { Length: > 0 } name ? name : UnnamedFile);
            writer.WriteString("file_data", data);
        }
        else
        {
            notes.Refuse(place.ToString(), "A file comes without its id, address or data.");
        }

        EndPart(part);
    }

    private void EndPart(JsonElement part)
    {
        if (LooseJson.Member(part, "prompt_cache_breakpoint") is { ValueKind: JsonValueKind.Object } mark)
        {
            writer.WritePropertyName("prompt_cache_breakpoint");
            mark.WriteTo(writer);
        }

        writer.WriteEndObject();
    }
}
