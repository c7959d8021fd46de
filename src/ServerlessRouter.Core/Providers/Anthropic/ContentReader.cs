using System.Text.Json;
using ServerlessRouter.Providers.Translation;

namespace ServerlessRouter.Providers.Anthropic;

/// <summary>Reads a message's content into blocks: a text, or parts in OpenAI's form or in the vendor's own, which some clients put into OpenAI's messages.</summary>
internal sealed class ContentReader(TranslationNotes notes)
{
    public void Read(JsonElement content, MessagePlace place, ContentHome home, List<AnthropicBlock> blocks)
    {
        switch (content.ValueKind)
        {
            case JsonValueKind.String:
                AddText(LooseJson.String(content), default, blocks);
                break;
            case JsonValueKind.Array:
                var number = 0;
                foreach (var part in content.EnumerateArray())
                    ReadPart(part, place with { Part = number++ }, home, blocks);
                break;
        }
    }

    private void ReadPart(JsonElement part, MessagePlace place, ContentHome home, List<AnthropicBlock> blocks)
    {
        if (part.ValueKind == JsonValueKind.String)
        {
            AddText(LooseJson.String(part), default, blocks);
            return;
        }

        var type = LooseJson.Text(part, "type");
        switch (type)
        {
            case "text" or "input_text" or "output_text":
                AddText(LooseJson.Text(part, "text") ?? "", LooseJson.Member(part, "cache_control"), blocks);
                break;
            case "refusal":
                AddText(LooseJson.Text(part, "refusal") ?? "", LooseJson.Member(part, "cache_control"), blocks);
                break;
            case "image_url" or "input_image":
                AddMedia(UrlOf(part), isImage: true, fileName: null, part, place, home, blocks);
                if (notes.IsRead && DetailOf(part) is { ValueKind: JsonValueKind.String } detail && !detail.ValueEquals("auto"))
                    notes.Drop($"{place}.image_url.detail", detail);
                break;
            case "file" or "input_file":
                AddFile(part, place, home, blocks);
                break;
            case "thinking" or "redacted_thinking":
                AddThinking(part, type, home, blocks);
                break;
            // Other vendors' thinking, as some clients keep it: nothing that this one signed.
            case "reasoning" or "reasoning_text" or "reasoning_content" when home == ContentHome.Assistant:
                notes.Strip("reasoning");
                break;
            case "image" when ImageIn(part) is { } image:
                AddMedia(image, isImage: true, fileName: null, part, place, home, blocks);
                break;
            case not null when IsOwn(type):
                AddOwn(part, type, place, home, blocks);
                break;
            default:
                notes.Refuse(place.ToString(), type == "input_audio"
                    ? "Anthropic's API takes no audio."
                    : $"A content part of the type '{type}' cannot be translated for Anthropic's API; text, image_url and file can.");
                break;
        }
    }

    /// <summary>The vendor refuses blank texts; an assistant's empty content beside its tool calls is usual.</summary>
    private static void AddText(string text, JsonElement cacheControl, List<AnthropicBlock> blocks)
    {
        if (!string.IsNullOrWhiteSpace(text))
            blocks.Add(new AnthropicBlock.Text(text) { CacheControl = cacheControl });
    }

    private static string? UrlOf(JsonElement part)
    {
        var image = LooseJson.Member(part, "image_url");
        return image.ValueKind == JsonValueKind.String ? LooseJson.String(image) : LooseJson.Text(image, "url");
    }

    /// <summary>The data of an image in the vendor's own form, whose label may be wrong, and that of one in MCP's form or the AI SDK's; null where the vendor reads it as it is.</summary>
    private static string? ImageIn(JsonElement part)
    {
        var source = LooseJson.Member(part, "source");
        if (source.ValueKind == JsonValueKind.Object)
            return LooseJson.Text(source, "type") == "base64" && LooseJson.Text(source, "data") is { } inside ? $"data:{LooseJson.Text(source, "media_type")};base64,{inside}" : null;
        return LooseJson.Text(part, "data") is { } data && !data.StartsWith("data:", StringComparison.OrdinalIgnoreCase)
            ? $"data:{LooseJson.Text(part, "mimeType") ?? LooseJson.Text(part, "mediaType")};base64,{data}"
            : LooseJson.Text(part, "data") ?? LooseJson.Text(part, "image") ?? LooseJson.Text(part, "url") ?? UrlOf(part) ?? "";
    }

    private static JsonElement DetailOf(JsonElement part)
    {
        var inside = LooseJson.Member(LooseJson.Member(part, "image_url"), "detail");
        return inside.ValueKind == JsonValueKind.Undefined ? LooseJson.Member(part, "detail") : inside;
    }

    private void AddFile(JsonElement part, MessagePlace place, ContentHome home, List<AnthropicBlock> blocks)
    {
        // Anthropic's own ids of uploaded files begin so; another vendor's cannot be passed on.
        const string OwnFile = "file_";
        var file = LooseJson.Member(part, "file") is { ValueKind: JsonValueKind.Object } inside ? inside : part;
        var name = LooseJson.Text(file, "filename");
        var data = LooseJson.Text(file, "file_data") ?? LooseJson.Text(file, "file_url");
        if (data is null && LooseJson.Text(file, "file_id") is { } id && id.StartsWith(OwnFile, StringComparison.Ordinal))
            Add(new AnthropicBlock.Media("document", new MediaSource("file", null, id)) { Title = name }, part, home, place, blocks);
        else
            AddMedia(data, isImage: false, name, part, place, home, blocks);
    }

    private void AddMedia(string? url, bool isImage, string? fileName, JsonElement part, MessagePlace place, ContentHome home, List<AnthropicBlock> blocks)
    {
        if (string.IsNullOrWhiteSpace(url))
            notes.Refuse(place.ToString(), "An image or file comes without its data; uploaded files of another vendor cannot be passed on.");
        else if (MediaReader.Read(url, isImage, fileName, out var refusal) is { } block)
            Add(block, part, home, place, blocks);
        else
            notes.Refuse(place.ToString(), refusal!);
    }

    private void Add(AnthropicBlock block, JsonElement part, ContentHome home, MessagePlace place, List<AnthropicBlock> blocks)
    {
        switch (home)
        {
            case ContentHome.User or ContentHome.Result:
                if (block is AnthropicBlock.Media { Type: "document" } document)
                    block = document with { Context = LooseJson.Member(part, "context"), Citations = LooseJson.Member(part, "citations") };
                blocks.Add(block with { CacheControl = LooseJson.Member(part, "cache_control") });
                break;
            case ContentHome.Assistant:
                notes.Strip(block is AnthropicBlock.Media { Type: "image" } ? "images" : "files");
                break;
            case ContentHome.System:
                notes.Refuse(place.ToString(), "Anthropic's API takes texts alone as the system prompt; send images and files in a message of the user.");
                break;
        }
    }

    private void AddThinking(JsonElement part, string type, ContentHome home, List<AnthropicBlock> blocks)
    {
        if (home == ContentHome.Assistant && type == "redacted_thinking" && LooseJson.Text(part, "data") is { Length: > 0 } data)
            blocks.Add(new AnthropicBlock.RedactedThinking(data));
        else if (home == ContentHome.Assistant && LooseJson.Text(part, "signature") is { Length: > 0 } signature)
            blocks.Add(new AnthropicBlock.Thinking(LooseJson.Text(part, "thinking") ?? "", signature));
        else
            notes.Strip("reasoning");
    }

    private static bool IsOwn(string type) =>
        type is "image" or "document" or "search_result" or "tool_use" or "tool_result" or "server_tool_use" or "container_upload" or "tool_reference" or "mcp_tool_use"
        || type.EndsWith("_tool_result", StringComparison.Ordinal);

    private void AddOwn(JsonElement part, string type, MessagePlace place, ContentHome home, List<AnthropicBlock> blocks)
    {
        var isOfAssistant = type is "tool_use" or "server_tool_use" or "mcp_tool_use" || (type != "tool_result" && type.EndsWith("_tool_result", StringComparison.Ordinal));
        if (isOfAssistant != (home == ContentHome.Assistant) || home == ContentHome.System || (home == ContentHome.Result && type == "tool_result"))
            notes.Refuse(place.ToString(), $"A content part of the type '{type}' cannot stand in such a message.");
        else
            blocks.Add(new AnthropicBlock.Own(part) { CacheControl = LooseJson.Member(part, "cache_control") });
    }
}

/// <summary>Where content stands; the vendor takes other blocks in each.</summary>
internal enum ContentHome
{
    /// <summary>The system prompt: texts.</summary>
    System,

    /// <summary>A user's turn: texts, images, documents.</summary>
    User,

    /// <summary>An assistant's turn: texts, thinking, calls.</summary>
    Assistant,

    /// <summary>The result of a tool: texts, images, documents.</summary>
    Result,
}
