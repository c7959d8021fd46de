using System.Text;
using System.Text.Json;
using ServerlessRouter.Json;
using ServerlessRouter.Providers.Translation;

namespace ServerlessRouter.Providers.Anthropic;

/// <summary>Writes <c>system</c> and <c>messages</c>: turns that alternate between user and assistant, each a list of content blocks.</summary>
internal sealed class AnthropicMessagesWriter(Utf8JsonWriter writer, CacheBreakpoints cache, TranslationNotes notes)
{
    /// <summary>Writes both; <paramref name="demand"/> is a sentence of the router's own at the end of the system prompt.</summary>
    public void Write(AnthropicConversation conversation, string? demand)
    {
        if (conversation.System.Count > 0 || demand is not null)
        {
            writer.WriteStartArray("system");
            WriteBlocks(conversation.System);
            if (demand is not null)
                Write(new AnthropicBlock.Text(demand));
            writer.WriteEndArray();
        }

        writer.WriteStartArray("messages");
        foreach (var turn in conversation.Turns)
        {
            writer.WriteStartObject();
            writer.WriteString("role", turn.IsAssistant ? "assistant" : "user");
            writer.WriteStartArray("content");
            WriteBlocks(turn.Blocks);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private void WriteBlocks(List<AnthropicBlock> blocks)
    {
        foreach (var block in blocks)
            Write(block);
    }

    private void Write(AnthropicBlock block)
    {
        writer.WriteStartObject();
        switch (block)
        {
            case AnthropicBlock.Text text:
                writer.WriteString("type", "text");
                writer.WriteString("text", text.Value);
                break;
            case AnthropicBlock.Thinking thinking:
                writer.WriteString("type", "thinking");
                writer.WriteString("thinking", thinking.Value);
                writer.WriteString("signature", thinking.Signature);
                break;
            case AnthropicBlock.RedactedThinking redacted:
                writer.WriteString("type", "redacted_thinking");
                writer.WriteString("data", redacted.Data);
                break;
            case AnthropicBlock.Media media:
                WriteMedia(media);
                break;
            case AnthropicBlock.ToolUse call:
                writer.WriteString("type", "tool_use");
                writer.WriteString("id", call.Id);
                writer.WriteString("name", call.Name);
                writer.WritePropertyName("input");
                if (call.IsFreeForm)
                    WriteFreeText(call.Arguments);
                else
                    WriteArguments(call.Arguments, call.Place);
                break;
            case AnthropicBlock.ToolResult result:
                writer.WriteString("type", "tool_result");
                writer.WriteString("tool_use_id", result.Id);
                writer.WriteStartArray("content");
                WriteBlocks(result.Content);
                writer.WriteEndArray();
                if (result.IsError)
                    writer.WriteBoolean("is_error", true);
                break;
            case AnthropicBlock.Own own:
                foreach (var member in own.Block.EnumerateObject())
                {
                    if (!member.NameEquals("cache_control"))
                        member.WriteTo(writer);
                }

                break;
        }

        cache.Write(writer, block.CacheControl);
        writer.WriteEndObject();
    }

    private void WriteMedia(AnthropicBlock.Media media)
    {
        writer.WriteString("type", media.Type);
        writer.WriteStartObject("source");
        writer.WriteString("type", media.Source.Type);
        if (media.Source.MediaType is { } mediaType)
            writer.WriteString("media_type", mediaType);
        writer.WriteString(media.Source.Type switch { "url" => "url", "file" => "file_id", _ => "data" }, media.Source.Data);
        writer.WriteEndObject();
        if (!string.IsNullOrWhiteSpace(media.Title))
            writer.WriteString("title", media.Title);
        if (media.Context.ValueKind == JsonValueKind.String)
        {
            writer.WritePropertyName("context");
            media.Context.WriteTo(writer);
        }

        if (media.Citations.ValueKind == JsonValueKind.Object)
        {
            writer.WritePropertyName("citations");
            media.Citations.WriteTo(writer);
        }
    }

    private void WriteFreeText(JsonElement text)
    {
        writer.WriteStartObject();
        writer.WriteString(FreeForm.Input, text.ValueKind == JsonValueKind.String ? LooseJson.String(text) : "");
        writer.WriteEndObject();
    }

    /// <summary>OpenAI's arguments are text that should be JSON, Anthropic's are an object. What is neither goes up as an object that holds it.</summary>
    private void WriteArguments(JsonElement arguments, CallPlace place)
    {
        if (arguments.ValueKind == JsonValueKind.Object)
        {
            arguments.WriteTo(writer);
            return;
        }

        var text = arguments.ValueKind == JsonValueKind.String ? LooseJson.String(arguments) : null;
        if (arguments.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null || (text is not null && (string.IsNullOrWhiteSpace(text) || text.Trim() == "null")))
        {
            writer.WriteStartObject();
            writer.WriteEndObject();
            return;
        }

        if (text is not null && TryWriteParsed(text))
            return;
        if (notes.IsRead)
            notes.Change($"{place}.arguments", "no JSON object", "an object that holds it");
        writer.WriteStartObject();
        writer.WritePropertyName("arguments");
        if (text is null)
            arguments.WriteTo(writer);
        else
            writer.WriteStringValue(text);
        writer.WriteEndObject();
    }

    private bool TryWriteParsed(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        SurrogateHalves.Mend(bytes);
        try
        {
            using var parsed = JsonDocument.Parse(bytes, LooseJson.ParseOptions);
            // Some clients encode the arguments twice.
            if (parsed.RootElement.ValueKind == JsonValueKind.String)
                return LooseJson.String(parsed.RootElement) is var inner && inner.StartsWith('{') && TryWriteParsed(inner);
            if (parsed.RootElement.ValueKind != JsonValueKind.Object)
                return false;
            parsed.RootElement.WriteTo(writer);
            return true;
        }
        catch (JsonException)
        {
            // A model wrote it, and a model reads it.
            return false;
        }
    }
}
