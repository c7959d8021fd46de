using System.Buffers;
using System.Text.Json;
using ServerlessRouter.Domain;
using ServerlessRouter.Json;
using ServerlessRouter.Providers.Translation;

namespace ServerlessRouter.Providers.Anthropic;

/// <summary>Writes what a stream of Anthropic's says as OpenAI's chunks.</summary>
internal sealed class AnthropicChunkWriter(PooledWriter output, long created) : IDisposable
{
    private readonly Utf8JsonWriter _json = new(output, AnthropicAnswerWriter.Options);
    private readonly AnthropicIds _ids = new();
    private string? _id;
    private string _model = "";
    private string? _tier;
    private byte[]? _textHead;
    private int _annotations;
    private int _citations;

    /// <summary>The first chunk; <paramref name="message"/> is the one the stream begins with, or nothing.</summary>
    public void Open(JsonElement message, string? tier)
    {
        _id = AnthropicIds.OfMessage(message);
        _model = LooseJson.Text(message, "model") ?? "";
        (_tier, _textHead) = (tier, null);
        StartDelta();
        _json.WriteString("role", "assistant");
        _json.WriteString("content", "");
        if (AnthropicOthers.HasAnyOfMessage(message))
        {
            _json.WriteStartObject(AnthropicOthers.Name);
            AnthropicOthers.WriteOfMessage(_json, message);
            _json.WriteEndObject();
        }

        EndDelta();
    }

    /// <summary>A piece of the content. All chunks of the kind begin alike, and nearly every chunk is of it.</summary>
    public void Text(string piece)
    {
        output.Append(_textHead ??= ComposeTextHead());
        _json.Reset(output);
        _json.WriteStringValue(piece);
        _json.Flush();
        output.Append("},\"logprobs\":null,\"finish_reason\":null}]}\n\n"u8);
    }

    public void Refusal(string text)
    {
        StartDelta();
        _json.WriteString("refusal", text);
        EndDelta();
    }

    /// <summary>A piece of a thinking block.</summary>
    public void Thinking(int place, string piece, bool isFirst)
    {
        StartDelta();
        _json.WriteString("reasoning_content", piece);
        WriteThinking(place, piece, null, isFirst);
        EndDelta();
    }

    /// <summary>The signature of a thinking block.</summary>
    public void Signature(int place, string signature, bool isFirst)
    {
        StartDelta();
        WriteThinking(place, isFirst ? "" : null, signature, isFirst);
        EndDelta();
    }

    /// <summary>A whole block of thinking that the vendor encrypted.</summary>
    public void RedactedThinking(int place, string data)
    {
        StartDelta();
        _json.WriteStartArray("reasoning_details");
        AnthropicReasoning.WriteEncryptedDetail(_json, place, data);
        _json.WriteEndArray();
        _json.WriteStartArray("thinking_blocks");
        AnthropicReasoning.WriteRedactedBlock(_json, data, place);
        _json.WriteEndArray();
        EndDelta();
    }

    public void CallStart(int place, JsonElement block)
    {
        StartCall(place);
        _json.WriteString("id", _ids.Of(block));
        _json.WriteString("type", "function");
        _json.WriteStartObject("function");
        _json.WriteString("name", LooseJson.Text(block, "name") ?? "");
        _json.WriteString("arguments", "");
        _json.WriteEndObject();
        AnthropicOthers.WriteOfCall(_json, block);
        EndCall();
    }

    public void CallArguments(int place, string piece)
    {
        StartCall(place);
        _json.WriteStartObject("function");
        _json.WriteString("arguments", piece);
        _json.WriteEndObject();
        EndCall();
    }

    /// <summary>The sources of a piece of text that is whole.</summary>
    public void Citations(List<AnthropicCitation> citations)
    {
        StartDelta();
        AnthropicCitation.WriteAnnotations(_json, citations, _annotations);
        _annotations += citations.Count(static citation => citation.Url is not null);
        _json.WriteStartObject(AnthropicOthers.Name);
        AnthropicCitation.WriteAsTheyCame(_json, citations, _citations);
        _citations += citations.Count;
        _json.WriteEndObject();
        EndDelta();
    }

    /// <summary>A block that OpenAI's schema has no word for, as it began.</summary>
    public void OtherBlock(int place, JsonElement block)
    {
        StartOther();
        AnthropicOthers.WriteBlock(_json, block, place);
        EndOther();
    }

    /// <summary>A delta of such a block, as it came.</summary>
    public void OtherDelta(int place, JsonElement delta)
    {
        StartOther();
        _json.WriteStartObject();
        _json.WriteNumber("index", place);
        _json.WritePropertyName("delta");
        AnthropicOthers.WriteBlock(_json, delta);
        _json.WriteEndObject();
        EndOther();
    }

    /// <summary>The chunk that ends the choice; <paramref name="item"/> is the event that says so, with what else it says.</summary>
    public void Finish(string reason, string? native, JsonElement item)
    {
        StartDelta();
        WriteOthersOf(item);
        EndDelta(reason, native);
    }

    /// <summary>What an event says besides, where it says anything.</summary>
    public void Others(JsonElement item)
    {
        if (!HasOthers(item))
            return;
        StartDelta();
        WriteOthersOf(item);
        EndDelta();
    }

    /// <summary>The payload of the chunk that carries usage alone.</summary>
    public byte[] UsageChunk(AnthropicUsage usage, in TokenUsage counted)
    {
        var payload = new ArrayBufferWriter<byte>();
        _json.Reset(payload);
        StartChunk();
        _json.WriteStartArray("choices");
        _json.WriteEndArray();
        usage.Write(_json, counted);
        _json.WriteEndObject();
        _json.Flush();
        return payload.WrittenSpan.ToArray();
    }

    public void Dispose() => _json.Dispose();

    private static bool HasOthers(JsonElement item) => AnthropicOthers.HasAnyOfEvent(item) || AnthropicOthers.HasAnyOfMessage(LooseJson.Member(item, "delta"));

    private void WriteOthersOf(JsonElement item)
    {
        if (!HasOthers(item))
            return;
        _json.WriteStartObject(AnthropicOthers.Name);
        AnthropicOthers.WriteOfMessage(_json, LooseJson.Member(item, "delta"));
        AnthropicOthers.WriteOfEvent(_json, item);
        _json.WriteEndObject();
    }

    private void WriteThinking(int place, string? piece, string? signature, bool isFirst)
    {
        _json.WriteStartArray("reasoning_details");
        AnthropicReasoning.WriteDetail(_json, place, piece, signature, isFirst);
        _json.WriteEndArray();
        _json.WriteStartArray("thinking_blocks");
        AnthropicReasoning.WriteBlock(_json, piece, signature, place);
        _json.WriteEndArray();
    }

    private void StartCall(int place)
    {
        StartDelta();
        _json.WriteStartArray("tool_calls");
        _json.WriteStartObject();
        _json.WriteNumber("index", place);
    }

    private void EndCall()
    {
        _json.WriteEndObject();
        _json.WriteEndArray();
        EndDelta();
    }

    private void StartOther()
    {
        StartDelta();
        _json.WriteStartObject(AnthropicOthers.Name);
        _json.WriteStartArray("content_blocks");
    }

    private void EndOther()
    {
        _json.WriteEndArray();
        _json.WriteEndObject();
        EndDelta();
    }

    private byte[] ComposeTextHead()
    {
        var head = new ArrayBufferWriter<byte>();
        StartDelta(head);
        _json.WritePropertyName("content");
        _json.Flush();
        return head.WrittenSpan.ToArray();
    }

    private void StartDelta() => StartDelta(output);

    private void StartDelta(IBufferWriter<byte> chunk)
    {
        chunk.Write("data: "u8);
        _json.Reset(chunk);
        StartChunk();
        _json.WriteStartArray("choices");
        _json.WriteStartObject();
        _json.WriteNumber("index", 0);
        _json.WriteStartObject("delta");
    }

    private void EndDelta(string? finishReason = null, string? native = null)
    {
        _json.WriteEndObject();
        _json.WriteNull("logprobs");
        _json.WriteString("finish_reason", finishReason);
        if (!string.IsNullOrEmpty(native))
            _json.WriteString("native_finish_reason", native);
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
        if (_tier is not null)
            _json.WriteString("service_tier", _tier);
    }
}
