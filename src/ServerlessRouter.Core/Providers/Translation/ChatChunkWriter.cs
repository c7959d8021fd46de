using System.Buffers;
using System.Text.Json;
using ServerlessRouter.Json;

namespace ServerlessRouter.Providers.Translation;

/// <summary>Writes what a stream of another schema says as chunks of a chat completion: what is the same whatever the schema is.</summary>
/// <param name="output">Where the chunks go.</param>
/// <param name="options">How JSON is written.</param>
/// <param name="created">When the answer was made, in Unix seconds, until the vendor says.</param>
internal abstract class ChatChunkWriter(PooledWriter output, JsonWriterOptions options, long created) : IDisposable
{
    private byte[]? _textHead;

    protected Utf8JsonWriter Json { get; } = new(output, options);

    protected string? Id { get; private set; }

    protected string Model { get; private set; } = "";

    protected string? Tier { get; private set; }

    protected long Created { get; private set; } = created;

    public void Dispose() => Json.Dispose();

    /// <summary>A piece of the content. All chunks of the kind begin alike, and nearly every chunk is of it.</summary>
    public void Text(string piece)
    {
        output.Append(_textHead ??= ComposeTextHead());
        Json.Reset(output);
        Json.WriteStringValue(piece);
        Json.Flush();
        output.Append("},\"logprobs\":null,\"finish_reason\":null}]}\n\n"u8);
    }

    public void Refusal(string piece)
    {
        StartDelta();
        Json.WriteString("refusal", piece);
        EndDelta();
    }

    /// <summary>What every chunk says of the answer.</summary>
    protected void Name(string? id, string model, string? tier, long made)
    {
        (Id, Model, Tier, Created) = (id, model, tier, made);
        _textHead = null;
    }

    protected void StartDelta() => StartDelta(output);

    protected void EndDelta(string? finishReason = null, string? native = null)
    {
        Json.WriteEndObject();
        Json.WriteNull("logprobs");
        EndChoice(finishReason, native);
    }

    /// <summary>Ends the chunk behind the log probabilities.</summary>
    protected void EndChoice(string? finishReason = null, string? native = null)
    {
        Json.WriteString("finish_reason", finishReason);
        if (!string.IsNullOrEmpty(native))
            Json.WriteString("native_finish_reason", native);
        Json.WriteEndObject();
        Json.WriteEndArray();
        Json.WriteEndObject();
        Json.Flush();
        output.Append("\n\n"u8);
    }

    protected void StartCall(int place)
    {
        StartDelta();
        Json.WriteStartArray("tool_calls");
        Json.WriteStartObject();
        Json.WriteNumber("index", place);
    }

    protected void EndCall()
    {
        Json.WriteEndObject();
        Json.WriteEndArray();
        EndDelta();
    }

    /// <summary>The payload of the chunk that carries usage alone.</summary>
    /// <param name="usage">Writes it.</param>
    protected byte[] UsageChunk(Action<Utf8JsonWriter> usage)
    {
        var payload = new ArrayBufferWriter<byte>();
        Json.Reset(payload);
        StartChunk();
        Json.WriteStartArray("choices");
        Json.WriteEndArray();
        usage(Json);
        Json.WriteEndObject();
        Json.Flush();
        return payload.WrittenSpan.ToArray();
    }

    private byte[] ComposeTextHead()
    {
        var head = new ArrayBufferWriter<byte>();
        StartDelta(head);
        Json.WritePropertyName("content");
        Json.Flush();
        return head.WrittenSpan.ToArray();
    }

    private void StartDelta(IBufferWriter<byte> chunk)
    {
        chunk.Write("data: "u8);
        Json.Reset(chunk);
        StartChunk();
        Json.WriteStartArray("choices");
        Json.WriteStartObject();
        Json.WriteNumber("index", 0);
        Json.WriteStartObject("delta");
    }

    private void StartChunk()
    {
        Json.WriteStartObject();
        Json.WriteString("id", Id);
        Json.WriteString("object", "chat.completion.chunk");
        Json.WriteNumber("created", Created);
        Json.WriteString("model", Model);
        if (Tier is not null)
            Json.WriteString("service_tier", Tier);
    }
}
