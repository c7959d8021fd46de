using System.Buffers;
using System.Text;
using System.Text.Json;
using ServerlessRouter.Domain;
using ServerlessRouter.Json;
using ServerlessRouter.Providers.Translation;

namespace ServerlessRouter.Providers.Responses;

/// <summary>Writes what a stream of responses says as chunks of a chat completion.</summary>
internal sealed class ResponsesChunkWriter(PooledWriter output, ResponsesTerms terms) : IDisposable
{
    private readonly Utf8JsonWriter _json = new(output, ResponsesAnswerWriter.Options);
    private string? _id;
    private string _model = "";
    private string? _tier;
    private long _created = terms.Now;
    private byte[]? _textHead;
    private int _annotations;

    /// <summary>The first chunk; <paramref name="response"/> is the one the stream begins with, or nothing.</summary>
    public void Open(JsonElement response)
    {
        Learn(response);
        StartDelta();
        _json.WriteString("role", "assistant");
        _json.WriteString("content", "");
        EndDelta();
    }

    /// <summary>The tier the vendor served it in; null while it has told none.</summary>
    public string? ServiceTier => _tier is null ? null : ServiceTiers.Name(Encoding.UTF8.GetBytes(_tier));

    /// <summary>Takes over what the response says of itself.</summary>
    public void Learn(JsonElement response)
    {
        _id ??= ResponsesVocabulary.ResponseId(response);
        _created = ResponsesAnswerWriter.CreatedAt(response, _created);
        _model = LooseJson.Text(response, "model") ?? _model;
        _tier = LooseJson.Text(response, "service_tier") ?? _tier;
        _textHead = null;
    }

    /// <summary>A piece of the content, with the log probabilities of its tokens where there are any.</summary>
    public void Text(string piece, List<JsonElement> logprobs)
    {
        if (logprobs.Count == 0)
        {
            Text(piece);
            return;
        }

        StartDelta();
        _json.WriteString("content", piece);
        EndDelta(logprobs);
    }

    /// <summary>All chunks of the kind begin alike, and nearly every chunk is of it.</summary>
    private void Text(string piece)
    {
        output.Append(_textHead ??= ComposeTextHead());
        _json.Reset(output);
        _json.WriteStringValue(piece);
        _json.Flush();
        output.Append("},\"logprobs\":null,\"finish_reason\":null}]}\n\n"u8);
    }

    public void Refusal(string piece)
    {
        StartDelta();
        _json.WriteString("refusal", piece);
        EndDelta();
    }

    /// <summary>A piece of reasoning that can be read; <paramref name="place"/> is that of its entry.</summary>
    public void Reasoning(ReasoningEntry entry, int place, string separator, string piece, bool isFirst)
    {
        StartDelta();
        _json.WriteString("reasoning_content", separator + piece);
        _json.WriteStartArray("reasoning_details");
        ResponsesReasoning.WriteDetail(_json, entry, place, piece, isFirst);
        _json.WriteEndArray();
        EndDelta();
    }

    /// <summary>What the vendor encrypted of an item of reasoning.</summary>
    public void Seal(int place, string data, string? id)
    {
        StartDelta();
        _json.WriteStartArray("reasoning_details");
        ResponsesReasoning.WriteSeal(_json, place, data, SealOrigin.Mark(id, terms.Origin));
        _json.WriteEndArray();
        EndDelta();
    }

    public void CallStart(int place, bool isCustom, string id, string name)
    {
        StartCall(place);
        _json.WriteString("id", id);
        _json.WriteString("type", isCustom ? "custom" : "function");
        _json.WriteStartObject(isCustom ? "custom" : "function");
        _json.WriteString("name", name);
        _json.WriteString(isCustom ? "input" : "arguments", "");
        _json.WriteEndObject();
        EndCall();
    }

    public void CallPiece(int place, bool isCustom, string piece)
    {
        StartCall(place);
        _json.WriteStartObject(isCustom ? "custom" : "function");
        _json.WriteString(isCustom ? "input" : "arguments", piece);
        _json.WriteEndObject();
        EndCall();
    }

    public void Annotation(in ResponsesAnnotation annotation)
    {
        StartDelta();
        List<ResponsesAnnotation> one = [annotation];
        ResponsesAnnotation.WritePages(_json, one, _annotations);
        _annotations += annotation.Url is null ? 0 : 1;
        if (ResponsesAnnotation.HasFiles(one))
        {
            _json.WriteStartObject(ResponsesAnswerWriter.Others);
            ResponsesAnnotation.WriteFiles(_json, one);
            _json.WriteEndObject();
        }

        EndDelta();
    }

    /// <summary>What a message is to the turn.</summary>
    public void Phase(string phase)
    {
        StartDelta();
        _json.WriteStartObject(ResponsesAnswerWriter.Others);
        _json.WriteString("phase", phase);
        _json.WriteEndObject();
        EndDelta();
    }

    /// <summary>An item that chat completions have no word for, as it came.</summary>
    public void OtherItem(JsonElement item)
    {
        StartDelta();
        _json.WriteStartObject(ResponsesAnswerWriter.Others);
        _json.WriteStartArray("output_items");
        _json.WriteRawValue(LooseJson.Raw(item), skipInputValidation: true);
        _json.WriteEndArray();
        _json.WriteEndObject();
        EndDelta();
    }

    /// <summary>The chunk that ends the choice.</summary>
    public void Finish(string reason, string? native)
    {
        StartDelta();
        EndDelta(finishReason: reason, native: native);
    }

    /// <summary>The payload of the chunk that carries usage alone.</summary>
    public byte[] UsageChunk(ResponsesUsage usage)
    {
        var payload = new ArrayBufferWriter<byte>();
        _json.Reset(payload);
        StartChunk();
        _json.WriteStartArray("choices");
        _json.WriteEndArray();
        usage.Write(_json);
        _json.WriteEndObject();
        _json.Flush();
        return payload.WrittenSpan.ToArray();
    }

    public void Dispose() => _json.Dispose();

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

    private void EndDelta(List<JsonElement>? logprobs = null, string? finishReason = null, string? native = null)
    {
        _json.WriteEndObject();
        ResponsesAnswerWriter.WriteLogprobs(_json, logprobs ?? []);
        _json.WriteString("finish_reason", finishReason);
        if (native is not null)
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
        _json.WriteNumber("created", _created);
        _json.WriteString("model", _model);
        if (_tier is not null)
            _json.WriteString("service_tier", _tier);
    }
}
