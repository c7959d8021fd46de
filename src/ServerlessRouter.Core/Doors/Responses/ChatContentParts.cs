using System.Text.Json;
using ServerlessRouter.Errors;

namespace ServerlessRouter.Doors.Responses;

/// <summary>Writes the content of a message, or the output of a tool, as chat completions have it. What cannot be translated is written as it is, for a vendor that speaks responses.</summary>
internal static class ChatContentParts
{
    /// <summary>Writes a text, or a list of parts; one plain text of a list is a text, since not every vendor takes lists.</summary>
    public static RouterError? Write(JsonElement content, string path, Utf8JsonWriter chat)
    {
        if (content.ValueKind != JsonValueKind.Array)
        {
            ResponsesRequestReader.Copy(chat, content);
            return null;
        }

        switch (content.GetArrayLength())
        {
            case 0:
                chat.WriteStringValue(""u8);
                return null;
            case 1 when TryText(content[0], out var text):
                ResponsesRequestReader.Copy(chat, text);
                return null;
        }

        chat.WriteStartArray();
        if (WriteInto(content, path, chat) is { } wrong)
            return wrong;
        chat.WriteEndArray();
        return null;
    }

    /// <summary>Writes the parts into an open list; a text is a part, nothing is none.</summary>
    public static RouterError? WriteInto(JsonElement content, string path, Utf8JsonWriter chat)
    {
        if (content.ValueKind == JsonValueKind.String)
        {
            WriteText(chat, content);
            return null;
        }

        if (content.ValueKind != JsonValueKind.Array)
            return null;
        var place = 0;
        foreach (var part in content.EnumerateArray())
        {
            if (WritePart(part, path, place++, chat) is { } wrong)
                return wrong;
        }

        return null;
    }

    /// <summary>A text that says nothing besides.</summary>
    private static bool TryText(JsonElement part, out JsonElement text)
    {
        text = part;
        if (part.ValueKind == JsonValueKind.String)
            return true;
        if (part.ValueKind != JsonValueKind.Object || !IsText(part, out text))
            return false;
        foreach (var member in part.EnumerateObject())
        {
            if (!IsOfText(member))
                return false;
        }

        return true;
    }

    private static bool IsText(JsonElement part, out JsonElement text)
    {
        text = default;
        return part.TryGetProperty("type"u8, out var type) && type.ValueKind == JsonValueKind.String
            && (type.ValueEquals("input_text"u8) || type.ValueEquals("output_text"u8) || type.ValueEquals("text"u8) || type.ValueEquals("summary_text"u8))
            && part.TryGetProperty("text"u8, out text) && text.ValueKind == JsonValueKind.String;
    }

    /// <summary>Sources and probabilities of an answer are no part of a question.</summary>
    private static bool IsOfText(JsonProperty member) =>
        member.NameEquals("type"u8) || member.NameEquals("text"u8) || member.NameEquals("annotations"u8) || member.NameEquals("logprobs"u8);

    private static RouterError? WritePart(JsonElement part, string path, int place, Utf8JsonWriter chat)
    {
        if (part.ValueKind == JsonValueKind.String)
        {
            WriteText(chat, part);
            return null;
        }

        if (part.ValueKind != JsonValueKind.Object || !part.TryGetProperty("type"u8, out var type) || type.ValueKind != JsonValueKind.String)
            return ResponsesFaults.WrongType($"{path}[{place}]", "a part, which is an object with a 'type'");
        switch (type.GetString())
        {
            case "input_text" or "output_text" or "text" or "summary_text":
                if (!IsText(part, out var text))
                    return ResponsesFaults.Missing($"{path}[{place}].text", "send the text");
                WriteText(chat, text, part);
                return null;
            case "input_image":
                return WriteImage(part, $"{path}[{place}]", chat);
            case "input_file":
                return WriteFile(part, $"{path}[{place}]", chat);
            default:
                ResponsesRequestReader.Copy(chat, part);
                return null;
        }
    }

    private static void WriteText(Utf8JsonWriter chat, JsonElement text, JsonElement part = default)
    {
        chat.WriteStartObject();
        chat.WriteString("type"u8, "text"u8);
        ResponsesRequestReader.Copy(chat, "text", text);
        if (part.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in part.EnumerateObject())
            {
                if (!IsOfText(member))
                    ResponsesRequestReader.Copy(chat, member);
            }
        }

        chat.WriteEndObject();
    }

    private static RouterError? WriteImage(JsonElement part, string path, Utf8JsonWriter chat)
    {
        var hasUrl = part.TryGetProperty("image_url"u8, out var url);
        if (hasUrl && url.ValueKind == JsonValueKind.Object)
            hasUrl = url.TryGetProperty("url"u8, out url);
        if (!hasUrl || url.ValueKind == JsonValueKind.Null)
        {
            return part.TryGetProperty("file_id"u8, out var file) && file.ValueKind == JsonValueKind.String
                ? ResponsesFaults.Unsupported($"'{path}' names a file of OpenAI's, which other vendors do not have: send the image in 'image_url', as an address or as data.", $"{path}.file_id")
                : ResponsesFaults.Missing($"{path}.image_url", "send the image's address, or its data as a data: URL");
        }

        if (url.ValueKind != JsonValueKind.String)
            return ResponsesFaults.WrongType($"{path}.image_url", "a string: the image's address, or its data as a data: URL");
        chat.WriteStartObject();
        chat.WriteString("type"u8, "image_url"u8);
        chat.WriteStartObject("image_url"u8);
        ResponsesRequestReader.Copy(chat, "url", url);
        if (part.TryGetProperty("detail"u8, out var detail) && detail.ValueKind == JsonValueKind.String)
        {
            // Chat completions know no finer one.
            if (detail.ValueEquals("original"u8))
                chat.WriteString("detail"u8, "high"u8);
            else
                ResponsesRequestReader.Copy(chat, "detail", detail);
        }

        chat.WriteEndObject();
        foreach (var member in part.EnumerateObject())
        {
            if (!member.NameEquals("type"u8) && !member.NameEquals("image_url"u8) && !member.NameEquals("detail"u8) && !member.NameEquals("file_id"u8))
                ResponsesRequestReader.Copy(chat, member);
        }

        chat.WriteEndObject();
        return null;
    }

    private static RouterError? WriteFile(JsonElement part, string path, Utf8JsonWriter chat)
    {
        if (!IsFile(part, "file_data"u8) && !IsFile(part, "file_url"u8) && !IsFile(part, "file_id"u8))
            return ResponsesFaults.Missing($"{path}.file_data", "send the file's data, its address in 'file_url', or the 'file_id' that the vendor gave it");
        chat.WriteStartObject();
        chat.WriteString("type"u8, "file"u8);
        chat.WriteStartObject("file"u8);
        foreach (var member in part.EnumerateObject())
        {
            if (IsOfFile(member) && member.Value.ValueKind != JsonValueKind.Null)
                ResponsesRequestReader.Copy(chat, member);
        }

        chat.WriteEndObject();
        foreach (var member in part.EnumerateObject())
        {
            if (!IsOfFile(member) && !member.NameEquals("type"u8) && !member.NameEquals("detail"u8))
                ResponsesRequestReader.Copy(chat, member);
        }

        chat.WriteEndObject();
        return null;
    }

    private static bool IsFile(JsonElement part, ReadOnlySpan<byte> name) => part.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String;

    private static bool IsOfFile(JsonProperty member) =>
        member.NameEquals("file_data"u8) || member.NameEquals("file_url"u8) || member.NameEquals("file_id"u8) || member.NameEquals("filename"u8);
}
