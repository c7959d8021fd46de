using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ServerlessRouter.Providers.Anthropic;

/// <summary>Writes a whole message as a chat completion.</summary>
internal static class AnthropicAnswerWriter
{
    public static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>False when it is no message.</summary>
    public static bool TryWrite(JsonElement message, IBufferWriter<byte> output, long created)
    {
        var blocks = AnthropicJson.Member(message, "content");
        if (blocks.ValueKind != JsonValueKind.Array)
            return false;
        using var writer = new Utf8JsonWriter(output, Options);
        writer.WriteStartObject();
        writer.WriteString("id", AnthropicJson.Text(message, "id"));
        writer.WriteString("object", "chat.completion");
        writer.WriteNumber("created", created);
        writer.WriteString("model", AnthropicJson.Text(message, "model"));
        writer.WriteStartArray("choices");
        writer.WriteStartObject();
        writer.WriteNumber("index", 0);
        WriteMessage(writer, blocks);
        writer.WriteNull("logprobs");
        writer.WriteString("finish_reason", AnthropicVocabulary.FinishReason(AnthropicJson.Text(message, "stop_reason")));
        writer.WriteEndObject();
        writer.WriteEndArray();
        if (AnthropicJson.Member(message, "usage") is { ValueKind: JsonValueKind.Object } usage)
            AnthropicVocabulary.WriteUsage(writer, AnthropicVocabulary.Usage(usage, default));
        writer.WriteEndObject();
        return true;
    }

    private static void WriteMessage(Utf8JsonWriter writer, JsonElement blocks)
    {
        writer.WriteStartObject("message");
        writer.WriteString("role", "assistant");
        writer.WriteString("content", Join(blocks, "text", "text"));
        writer.WriteNull("refusal");
        if (Join(blocks, "thinking", "thinking") is { } reasoning)
            writer.WriteString("reasoning_content", reasoning);
        var isOpen = false;
        foreach (var block in blocks.EnumerateArray())
        {
            if (AnthropicJson.Text(block, "type") != "tool_use")
                continue;
            if (!isOpen)
                writer.WriteStartArray("tool_calls");
            isOpen = true;
            writer.WriteStartObject();
            writer.WriteString("id", AnthropicJson.Text(block, "id"));
            writer.WriteString("type", "function");
            writer.WriteStartObject("function");
            writer.WriteString("name", AnthropicJson.Text(block, "name"));
            writer.WriteString("arguments", AnthropicJson.Member(block, "input") is { ValueKind: JsonValueKind.Object } input ? input.GetRawText() : "{}");
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        if (isOpen)
            writer.WriteEndArray();
        writer.WriteEndObject();
    }

    /// <summary>All blocks of a type as one text; null when there is none.</summary>
    private static string? Join(JsonElement blocks, string type, string field)
    {
        StringBuilder? text = null;
        foreach (var block in blocks.EnumerateArray())
        {
            if (AnthropicJson.Text(block, "type") == type)
                (text ??= new StringBuilder()).Append(AnthropicJson.Text(block, field));
        }

        return text?.ToString();
    }
}
