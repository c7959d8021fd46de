using System.Buffers;
using System.Text.Json;
using ServerlessRouter.Chat;

namespace ServerlessRouter.Providers.Anthropic;

/// <summary>Writes the events of a stream as OpenAI's chunks.</summary>
internal sealed class AnthropicChunkWriter(PooledWriter output, long created) : IDisposable
{
    private readonly Utf8JsonWriter _json = new(output, AnthropicAnswerWriter.Options);
    private string? _id;
    private string? _model;

    public void Open(string? id, string? model)
    {
        (_id, _model) = (id, model);
        StartDelta();
        _json.WriteString("role", "assistant");
        _json.WriteString("content", "");
        EndDelta(null);
    }

    /// <summary>A piece of text in one of the message's fields.</summary>
    public void Text(string field, string piece)
    {
        StartDelta();
        _json.WriteString(field, piece);
        EndDelta(null);
    }

    public void ToolStart(int index, string? id, string? name)
    {
        StartCall(index);
        _json.WriteString("id", id);
        _json.WriteString("type", "function");
        _json.WriteStartObject("function");
        _json.WriteString("name", name);
        _json.WriteString("arguments", "");
        EndCall();
    }

    public void ToolArguments(int index, string piece)
    {
        StartCall(index);
        _json.WriteStartObject("function");
        _json.WriteString("arguments", piece);
        EndCall();
    }

    public void Finish(string reason)
    {
        StartDelta();
        EndDelta(reason);
    }

    /// <summary>The payload of the chunk that carries usage alone.</summary>
    public byte[] UsageChunk(in TokenUsage usage)
    {
        var payload = new ArrayBufferWriter<byte>();
        _json.Reset(payload);
        StartChunk();
        _json.WriteStartArray("choices");
        _json.WriteEndArray();
        AnthropicVocabulary.WriteUsage(_json, usage);
        _json.WriteEndObject();
        _json.Flush();
        return payload.WrittenSpan.ToArray();
    }

    public void Dispose() => _json.Dispose();

    private void StartCall(int index)
    {
        StartDelta();
        _json.WriteStartArray("tool_calls");
        _json.WriteStartObject();
        _json.WriteNumber("index", index);
    }

    private void EndCall()
    {
        _json.WriteEndObject();
        _json.WriteEndObject();
        _json.WriteEndArray();
        EndDelta(null);
    }

    private void StartDelta()
    {
        output.Write("data: "u8);
        _json.Reset(output);
        StartChunk();
        _json.WriteStartArray("choices");
        _json.WriteStartObject();
        _json.WriteNumber("index", 0);
        _json.WriteStartObject("delta");
    }

    private void EndDelta(string? finishReason)
    {
        _json.WriteEndObject();
        _json.WriteNull("logprobs");
        _json.WriteString("finish_reason", finishReason);
        _json.WriteEndObject();
        _json.WriteEndArray();
        _json.WriteEndObject();
        _json.Flush();
        output.Write("\n\n"u8);
    }

    private void StartChunk()
    {
        _json.WriteStartObject();
        _json.WriteString("id", _id);
        _json.WriteString("object", "chat.completion.chunk");
        _json.WriteNumber("created", created);
        _json.WriteString("model", _model);
    }
}
