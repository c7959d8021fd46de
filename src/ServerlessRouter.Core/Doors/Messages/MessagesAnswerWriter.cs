using System.Buffers;
using System.Text.Json;
using ServerlessRouter.Json;

namespace ServerlessRouter.Doors.Messages;

/// <summary>Writes a whole chat completion as a message: 1 thinking, 2 blocks of the vendor's own tools, 3 texts, 4 calls, then why it ended and what it used.</summary>
internal sealed class MessagesAnswerWriter(DoorTerms terms, Utf8JsonWriter writer)
{
    public static void Write(DoorTerms terms, ReadOnlyMemory<byte> answer, IBufferWriter<byte> output)
    {
        using var document = JsonDocument.Parse(answer, MessagesDoor.AnswerOptions);
        using var writer = new Utf8JsonWriter(output, MessagesDoor.WriterOptions);
        new MessagesAnswerWriter(terms, writer).Write(document.RootElement);
    }

    private void Write(JsonElement answer)
    {
        var choice = ElementJson.Member(answer, "choices"u8) is { ValueKind: JsonValueKind.Array } choices && choices.GetArrayLength() > 0 ? choices[0] : default;
        var message = ElementJson.Member(choice, "message"u8);
        var others = ElementJson.Member(message, "provider_specific_fields"u8);
        writer.WriteStartObject();
        writer.WriteString("id"u8, MessagesVocabulary.MessageId(ElementJson.Text(answer, "id"u8), terms.RequestId));
        writer.WriteString("type"u8, "message"u8);
        writer.WriteString("role"u8, "assistant"u8);
        writer.WriteString("model"u8, ElementJson.Text(answer, "model"u8) is { Length: > 0 } model ? model : terms.Model);
        writer.WriteStartArray("content"u8);
        new AnswerThinkingWriter(writer).Write(message);
        WriteOwnBlocks(others);
        new AnswerTextWriter(writer).Write(message);
        var hasCalls = new AnswerCallsWriter(writer, terms).Write(message);
        writer.WriteEndArray();
        WriteStop(choice, others, hasCalls);
        foreach (var name in (ReadOnlySpan<string>)["container", "context_management"])
            ElementJson.CopyMember(writer, others, System.Text.Encoding.UTF8.GetBytes(name));
        MessagesUsage.Write(writer, ElementJson.Member(answer, "usage"u8), ElementJson.Text(answer, "service_tier"u8), terms.PromptTokens);
        ElementJson.CopyMember(writer, answer, "router_metadata"u8);
        writer.WriteEndObject();
    }

    private void WriteOwnBlocks(JsonElement others)
    {
        if (ElementJson.Member(others, "content_blocks"u8) is not { ValueKind: JsonValueKind.Array } blocks)
            return;
        foreach (var block in blocks.EnumerateArray())
            writer.WriteRawValue(ElementJson.Raw(block), skipInputValidation: true);
    }

    private void WriteStop(JsonElement choice, JsonElement others, bool hasCalls)
    {
        // vLLM and others tell which sequence it was in the choice.
        var sequence = ElementJson.Text(others, "stop_sequence"u8) ?? (ElementJson.Is(choice, "finish_reason"u8, "stop"u8) ? ElementJson.Text(choice, "stop_reason"u8) : null);
        writer.WriteString("stop_reason"u8, MessagesVocabulary.StopReason(ElementJson.Text(choice, "finish_reason"u8), ElementJson.Text(choice, "native_finish_reason"u8), hasCalls, sequence is not null));
        writer.WriteString("stop_sequence"u8, sequence);
        ElementJson.CopyMember(writer, others, "stop_details"u8);
    }
}
