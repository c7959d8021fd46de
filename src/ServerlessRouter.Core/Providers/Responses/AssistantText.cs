using System.Text.Json;
using ServerlessRouter.Providers.Translation;

namespace ServerlessRouter.Providers.Responses;

/// <summary>What an assistant said in an earlier turn: texts and refusals. Nothing else of its content can go up.</summary>
internal sealed class AssistantText
{
    private readonly List<(string Text, bool IsRefusal)> _parts = [];

    public bool IsEmpty => _parts.Count == 0;

    public static AssistantText Read(JsonElement message, MessagePlace place, TranslationNotes notes)
    {
        var said = new AssistantText();
        var content = LooseJson.Member(message, "content");
        if (content.ValueKind == JsonValueKind.String)
            said.Add(LooseJson.String(content), isRefusal: false);
        if (content.ValueKind == JsonValueKind.Array)
        {
            var number = 0;
            foreach (var part in content.EnumerateArray())
                said.ReadPart(part, place with { Part = number++ }, notes);
        }

        said.Add(LooseJson.Text(message, "refusal"), isRefusal: true);
        if (LooseJson.Member(message, "images") is { ValueKind: JsonValueKind.Array } images && images.GetArrayLength() > 0)
            notes.Strip("images");
        if (LooseJson.Member(message, "audio").ValueKind == JsonValueKind.Object)
            notes.Strip("audio");
        return said;
    }

    /// <summary>Writes <c>content</c>: the text alone where there is one, else parts.</summary>
    public void Write(Utf8JsonWriter writer)
    {
        if (_parts is [(var text, false)])
        {
            writer.WriteString("content", text);
            return;
        }

        writer.WriteStartArray("content");
        foreach (var (part, isRefusal) in _parts)
        {
            writer.WriteStartObject();
            writer.WriteString("type", isRefusal ? "refusal" : "output_text");
            writer.WriteString(isRefusal ? "refusal" : "text", part);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private void Add(string? text, bool isRefusal)
    {
        if (!string.IsNullOrEmpty(text))
            _parts.Add((text, isRefusal));
    }

    private void ReadPart(JsonElement part, MessagePlace place, TranslationNotes notes)
    {
        switch (part.ValueKind == JsonValueKind.String ? null : LooseJson.Text(part, "type"))
        {
            case null when part.ValueKind == JsonValueKind.String:
                Add(LooseJson.String(part), isRefusal: false);
                break;
            case "text" or "output_text" or "input_text":
                Add(LooseJson.Text(part, "text"), isRefusal: false);
                break;
            case "refusal":
                Add(LooseJson.Text(part, "refusal"), isRefusal: true);
                break;
            case "thinking" or "redacted_thinking" or "reasoning" or "reasoning_text" or "reasoning_content":
                notes.Strip("reasoning");
                break;
            case "image_url" or "input_image":
                notes.Strip("images");
                break;
            case "file" or "input_file":
                notes.Strip("files");
                break;
            case var type:
                notes.Refuse(place.ToString(), $"A content part of the type '{type}' cannot stand in an assistant's message for OpenAI's Responses API; text and refusal can.");
                break;
        }
    }
}
