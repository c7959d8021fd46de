using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using ServerlessRouter.Providers.Translation;

namespace ServerlessRouter.Providers.Responses;

/// <summary>Writes a whole response as a chat completion.</summary>
internal static class ResponsesAnswerWriter
{
    /// <summary>What chat completions have no member for stands here, as LiteLLM calls it.</summary>
    public const string Others = "provider_specific_fields";

    public static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes the response.</summary>
    public static void Write(JsonElement response, ResponsesOutput content, IBufferWriter<byte> output, ResponsesTerms terms)
    {
        using var writer = new Utf8JsonWriter(output, Options);
        writer.WriteStartObject();
        writer.WriteString("id", ResponsesVocabulary.ResponseId(response));
        writer.WriteString("object", "chat.completion");
        writer.WriteNumber("created", CreatedAt(response, terms.Now));
        writer.WriteString("model", LooseJson.Text(response, "model") ?? "");
        if (LooseJson.Text(response, "service_tier") is { } tier)
            writer.WriteString("service_tier", tier);
        writer.WriteStartArray("choices");
        writer.WriteStartObject();
        writer.WriteNumber("index", 0);
        WriteMessage(writer, content, terms.Origin);
        WriteLogprobs(writer, content.Logprobs);
        writer.WriteString("finish_reason", ResponsesVocabulary.FinishReason(response, content.Calls.Count > 0));
        if (ResponsesVocabulary.NativeReason(response) is { } native)
            writer.WriteString("native_finish_reason", native);
        writer.WriteEndObject();
        writer.WriteEndArray();
        ResponsesUsage.Read(LooseJson.Member(response, "usage"))?.Write(writer);
        writer.WriteEndObject();
    }

    /// <summary>When the response was made, in seconds of Unix time.</summary>
    public static long CreatedAt(JsonElement response, long now) => LooseJson.Number(response, "created_at") is >= 1 and < uint.MaxValue and var told ? (long)told : now;

    /// <summary>Writes log probabilities, whose entries are the same in both schemas; null where there are none.</summary>
    public static void WriteLogprobs(Utf8JsonWriter writer, List<JsonElement> logprobs)
    {
        if (logprobs.Count == 0)
        {
            writer.WriteNull("logprobs");
            return;
        }

        writer.WriteStartObject("logprobs");
        writer.WriteStartArray("content");
        foreach (var entry in logprobs)
            writer.WriteRawValue(LooseJson.Raw(entry), skipInputValidation: true);
        writer.WriteEndArray();
        writer.WriteNull("refusal");
        writer.WriteEndObject();
    }

    private static void WriteMessage(Utf8JsonWriter writer, ResponsesOutput content, string? origin)
    {
        writer.WriteStartObject("message");
        writer.WriteString("role", "assistant");
        writer.WriteString("content", content.Text);
        writer.WriteString("refusal", content.Refusal);
        if (content.Reasoning is { } reasoning)
            writer.WriteString("reasoning_content", reasoning);
        ResponsesReasoning.WriteDetails(writer, content.ReasoningItems, origin);
        WriteCalls(writer, content.Calls);
        ResponsesAnnotation.WritePages(writer, content.Annotations);
        WriteOthers(writer, content);
        writer.WriteEndObject();
    }

    private static void WriteCalls(Utf8JsonWriter writer, List<JsonElement> calls)
    {
        if (calls.Count == 0)
            return;
        writer.WriteStartArray("tool_calls");
        foreach (var call in calls)
        {
            var isCustom = ResponsesOutput.KindOf(call) == ResponsesItemKind.CustomCall;
            writer.WriteStartObject();
            writer.WriteString("id", ResponsesVocabulary.CallId(call));
            writer.WriteString("type", isCustom ? "custom" : "function");
            writer.WriteStartObject(isCustom ? "custom" : "function");
            writer.WriteString("name", LooseJson.Text(call, "name") ?? "");
            if (isCustom)
                writer.WriteString("input", LooseJson.Piece(call, "input") ?? "");
            else
                writer.WriteString("arguments", ResponsesVocabulary.ArgumentsOf(LooseJson.Member(call, "arguments")) is { Length: > 0 } arguments ? arguments : ResponsesVocabulary.NoArguments);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteOthers(Utf8JsonWriter writer, ResponsesOutput content)
    {
        if (content.Phase is null && content.Others.Count == 0 && !ResponsesAnnotation.HasFiles(content.Annotations))
            return;
        writer.WriteStartObject(Others);
        if (content.Phase is { } phase)
            writer.WriteString("phase", phase);
        ResponsesAnnotation.WriteFiles(writer, content.Annotations);
        if (content.Others.Count > 0)
        {
            writer.WriteStartArray("output_items");
            foreach (var item in content.Others)
                writer.WriteRawValue(LooseJson.Raw(item), skipInputValidation: true);
            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }
}
