using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using ServerlessRouter.Domain;

namespace ServerlessRouter.Providers.Simulated;

/// <summary>Writes simulated answers in OpenAI's schema.</summary>
internal static class SimulatedWriter
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void WriteWhole(IBufferWriter<byte> output, SimulatedReply reply, long created)
    {
        using var writer = new Utf8JsonWriter(output, Options);
        WriteHead(writer, reply, "chat.completion", created);
        WriteChoiceStart(writer, "message");
        writer.WriteString("role", "assistant");
        var text = string.Concat(reply.Tokens);
        if (reply.Tool is null)
            writer.WriteString("content", text);
        else
            writer.WriteNull("content");
        writer.WriteNull("refusal");
        if (reply.Tool is not null)
            WriteCall(writer, reply, text, isOpening: true);
        WriteChoiceEnd(writer, reply.FinishReason);
        WriteUsage(writer, reply.Usage);
        writer.WriteEndObject();
    }

    /// <summary>The chunk that names the role, and the tool if one is called.</summary>
    public static void WriteOpening(IBufferWriter<byte> output, SimulatedReply reply, long created)
    {
        using var writer = StartEvent(output, reply, created);
        WriteChoiceStart(writer, "delta");
        writer.WriteString("role", "assistant");
        if (reply.Tool is null)
            writer.WriteString("content", "");
        else
            WriteCall(writer, reply, "", isOpening: true);
        WriteChoiceEnd(writer, null);
        EndEvent(output, writer);
    }

    public static void WriteToken(IBufferWriter<byte> output, SimulatedReply reply, string token, long created)
    {
        using var writer = StartEvent(output, reply, created);
        WriteChoiceStart(writer, "delta");
        if (reply.Tool is null)
            writer.WriteString("content", token);
        else
            WriteCall(writer, reply, token, isOpening: false);
        WriteChoiceEnd(writer, null);
        EndEvent(output, writer);
    }

    public static void WriteFinish(IBufferWriter<byte> output, SimulatedReply reply, long created)
    {
        using var writer = StartEvent(output, reply, created);
        WriteChoiceStart(writer, "delta");
        WriteChoiceEnd(writer, reply.FinishReason);
        EndEvent(output, writer);
    }

    /// <summary>The payload of the chunk that carries usage alone.</summary>
    public static byte[] UsageChunk(SimulatedReply reply, long created)
    {
        var output = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(output, Options))
        {
            WriteHead(writer, reply, "chat.completion.chunk", created);
            writer.WriteStartArray("choices");
            writer.WriteEndArray();
            WriteUsage(writer, reply.Usage);
            writer.WriteEndObject();
        }

        return output.WrittenSpan.ToArray();
    }

    private static Utf8JsonWriter StartEvent(IBufferWriter<byte> output, SimulatedReply reply, long created)
    {
        output.Write("data: "u8);
        var writer = new Utf8JsonWriter(output, Options);
        WriteHead(writer, reply, "chat.completion.chunk", created);
        return writer;
    }

    private static void EndEvent(IBufferWriter<byte> output, Utf8JsonWriter writer)
    {
        writer.WriteEndObject();
        writer.Flush();
        output.Write("\n\n"u8);
    }

    private static void WriteHead(Utf8JsonWriter writer, SimulatedReply reply, string kind, long created)
    {
        writer.WriteStartObject();
        writer.WriteString("id", reply.Id);
        writer.WriteString("object", kind);
        writer.WriteNumber("created", created);
        writer.WriteString("model", reply.Model);
    }

    private static void WriteChoiceStart(Utf8JsonWriter writer, string message)
    {
        writer.WriteStartArray("choices");
        writer.WriteStartObject();
        writer.WriteNumber("index", 0);
        writer.WriteStartObject(message);
    }

    private static void WriteChoiceEnd(Utf8JsonWriter writer, string? finishReason)
    {
        writer.WriteEndObject();
        writer.WriteNull("logprobs");
        writer.WriteString("finish_reason", finishReason);
        writer.WriteEndObject();
        writer.WriteEndArray();
    }

    private static void WriteCall(Utf8JsonWriter writer, SimulatedReply reply, string arguments, bool isOpening)
    {
        writer.WriteStartArray("tool_calls");
        writer.WriteStartObject();
        writer.WriteNumber("index", 0);
        if (isOpening)
        {
            writer.WriteString("id", $"call_{reply.Id["chatcmpl-".Length..]}");
            writer.WriteString("type", "function");
        }

        writer.WriteStartObject("function");
        if (isOpening)
            writer.WriteString("name", reply.Tool);
        writer.WriteString("arguments", arguments);
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteEndArray();
    }

    private static void WriteUsage(Utf8JsonWriter writer, in TokenUsage usage)
    {
        writer.WriteStartObject("usage");
        writer.WriteNumber("prompt_tokens", usage.PromptTokens);
        writer.WriteNumber("completion_tokens", usage.CompletionTokens);
        writer.WriteNumber("total_tokens", usage.TotalTokens);
        writer.WriteEndObject();
    }
}
