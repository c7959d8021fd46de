using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using ServerlessRouter.Providers.Translation;

namespace ServerlessRouter.Providers.Anthropic;

/// <summary>Writes a whole message as a chat completion.</summary>
internal static class AnthropicAnswerWriter
{
    public static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>False when it is no message: it has no content, and no reason why it has none.</summary>
    public static bool TryWrite(JsonElement message, IBufferWriter<byte> output, long created)
    {
        var content = LooseJson.Member(message, "content");
        var reason = AnthropicVocabulary.StopReason(message);
        if (reason is null && !AnthropicContent.BlocksOf(content).Any())
            return false;
        Write(message, AnthropicContent.Of(content), reason, output, created);
        return true;
    }

    private static void Write(JsonElement message, AnthropicContent content, string? reason, IBufferWriter<byte> output, long created)
    {
        var usage = new AnthropicUsage();
        _ = usage.Read(LooseJson.Member(message, "usage"));
        using var writer = new Utf8JsonWriter(output, Options);
        writer.WriteStartObject();
        writer.WriteString("id", AnthropicIds.OfMessage(message));
        writer.WriteString("object", "chat.completion");
        writer.WriteNumber("created", created);
        writer.WriteString("model", LooseJson.Text(message, "model") ?? "");
        if (usage.ServiceTier is { } tier)
            writer.WriteString("service_tier", tier);
        writer.WriteStartArray("choices");
        writer.WriteStartObject();
        writer.WriteNumber("index", 0);
        WriteMessage(writer, message, content, reason);
        writer.WriteNull("logprobs");
        writer.WriteString("finish_reason", AnthropicVocabulary.FinishReason(reason, content.Calls.Count > 0));
        if (reason is not null)
            writer.WriteString("native_finish_reason", reason);
        writer.WriteEndObject();
        writer.WriteEndArray();
        if (usage.IsReported)
            usage.Write(writer, usage.Counted);
        writer.WriteEndObject();
    }

    private static void WriteMessage(Utf8JsonWriter writer, JsonElement message, AnthropicContent content, string? reason)
    {
        writer.WriteStartObject("message");
        writer.WriteString("role", "assistant");
        writer.WriteString("content", content.Text);
        writer.WriteString("refusal", AnthropicVocabulary.Refusal(reason, message));
        if (content.Reasoning is { } reasoning)
            writer.WriteString("reasoning_content", reasoning);
        if (content.Thinking.Count > 0)
            WriteThinking(writer, content.Thinking);
        if (content.Calls.Count > 0)
            WriteCalls(writer, content.Calls);
        AnthropicCitation.WriteAnnotations(writer, content.Citations);
        WriteOthers(writer, message, content);
        writer.WriteEndObject();
    }

    private static void WriteThinking(Utf8JsonWriter writer, List<JsonElement> blocks)
    {
        writer.WriteStartArray("reasoning_details");
        for (var place = 0; place < blocks.Count; place++)
        {
            if (AnthropicBlockKinds.Of(blocks[place]) == AnthropicBlockKind.RedactedThinking)
                AnthropicReasoning.WriteEncryptedDetail(writer, place, LooseJson.Text(blocks[place], "data") ?? "");
            else
                AnthropicReasoning.WriteDetail(writer, place, AnthropicContent.ThinkingOf(blocks[place]), SignatureOf(blocks[place]));
        }

        writer.WriteEndArray();
        writer.WriteStartArray("thinking_blocks");
        foreach (var block in blocks)
        {
            if (AnthropicBlockKinds.Of(block) == AnthropicBlockKind.RedactedThinking)
                AnthropicReasoning.WriteRedactedBlock(writer, LooseJson.Text(block, "data") ?? "");
            else
                AnthropicReasoning.WriteBlock(writer, AnthropicContent.ThinkingOf(block), SignatureOf(block));
        }

        writer.WriteEndArray();
    }

    private static string? SignatureOf(JsonElement block) => LooseJson.Text(block, "signature") is { Length: > 0 } signature ? signature : null;

    private static void WriteCalls(Utf8JsonWriter writer, List<JsonElement> calls)
    {
        var ids = new AnthropicIds();
        writer.WriteStartArray("tool_calls");
        foreach (var call in calls)
        {
            writer.WriteStartObject();
            writer.WriteString("id", ids.Of(call));
            writer.WriteString("type", "function");
            writer.WriteStartObject("function");
            writer.WriteString("name", LooseJson.Text(call, "name") ?? "");
            writer.WriteString("arguments", AnthropicVocabulary.Arguments(LooseJson.Member(call, "input")));
            writer.WriteEndObject();
            AnthropicOthers.WriteOfCall(writer, call);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteOthers(Utf8JsonWriter writer, JsonElement message, AnthropicContent content)
    {
        if (content.Others.Count == 0 && content.Citations.Count == 0 && !AnthropicOthers.HasAnyOfMessage(message))
            return;
        writer.WriteStartObject(AnthropicOthers.Name);
        AnthropicOthers.WriteOfMessage(writer, message);
        if (content.Citations.Count > 0)
            AnthropicCitation.WriteAsTheyCame(writer, content.Citations);
        if (content.Others.Count > 0)
        {
            writer.WriteStartArray("content_blocks");
            foreach (var block in content.Others)
                AnthropicOthers.WriteBlock(writer, block);
            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }
}
