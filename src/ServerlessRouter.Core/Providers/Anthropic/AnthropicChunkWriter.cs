using System.Text.Json;
using ServerlessRouter.Domain;
using ServerlessRouter.Json;
using ServerlessRouter.Providers.Translation;

namespace ServerlessRouter.Providers.Anthropic;

/// <summary>Writes what a stream of Anthropic's says as OpenAI's chunks.</summary>
internal sealed class AnthropicChunkWriter(PooledWriter output, long created) : ChatChunkWriter(output, AnthropicAnswerWriter.Options, created)
{
    private readonly AnthropicIds _ids = new();
    private int _annotations;
    private int _citations;

    /// <summary>The first chunk; <paramref name="message"/> is the one the stream begins with, or nothing.</summary>
    public void Open(JsonElement message, string? tier)
    {
        Name(AnthropicIds.OfMessage(message), LooseJson.Text(message, "model") ?? "", tier, Created);
        StartDelta();
        Json.WriteString("role", "assistant");
        Json.WriteString("content", "");
        if (AnthropicOthers.HasAnyOfMessage(message))
        {
            Json.WriteStartObject(AnthropicOthers.Name);
            AnthropicOthers.WriteOfMessage(Json, message);
            Json.WriteEndObject();
        }

        EndDelta();
    }

    /// <summary>A piece of a thinking block.</summary>
    public void Thinking(int place, string piece, bool isFirst)
    {
        StartDelta();
        Json.WriteString("reasoning_content", piece);
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
        Json.WriteStartArray("reasoning_details");
        AnthropicReasoning.WriteEncryptedDetail(Json, place, data);
        Json.WriteEndArray();
        Json.WriteStartArray("thinking_blocks");
        AnthropicReasoning.WriteRedactedBlock(Json, data, place);
        Json.WriteEndArray();
        EndDelta();
    }

    public void CallStart(int place, JsonElement block)
    {
        StartCall(place);
        Json.WriteString("id", _ids.Of(block));
        Json.WriteString("type", "function");
        Json.WriteStartObject("function");
        Json.WriteString("name", LooseJson.Text(block, "name") ?? "");
        Json.WriteString("arguments", "");
        Json.WriteEndObject();
        AnthropicOthers.WriteOfCall(Json, block);
        EndCall();
    }

    public void CallArguments(int place, string piece)
    {
        StartCall(place);
        Json.WriteStartObject("function");
        Json.WriteString("arguments", piece);
        Json.WriteEndObject();
        EndCall();
    }

    /// <summary>The sources of a piece of text that is whole.</summary>
    public void Citations(List<AnthropicCitation> citations)
    {
        StartDelta();
        AnthropicCitation.WriteAnnotations(Json, citations, _annotations);
        _annotations += citations.Count(static citation => citation.Url is not null);
        Json.WriteStartObject(AnthropicOthers.Name);
        AnthropicCitation.WriteAsTheyCame(Json, citations, _citations);
        _citations += citations.Count;
        Json.WriteEndObject();
        EndDelta();
    }

    /// <summary>A block that OpenAI's schema has no word for, as it began.</summary>
    public void OtherBlock(int place, JsonElement block)
    {
        StartOther();
        AnthropicOthers.WriteBlock(Json, block, place);
        EndOther();
    }

    /// <summary>A delta of such a block, as it came.</summary>
    public void OtherDelta(int place, JsonElement delta)
    {
        StartOther();
        Json.WriteStartObject();
        Json.WriteNumber("index", place);
        Json.WritePropertyName("delta");
        AnthropicOthers.WriteBlock(Json, delta);
        Json.WriteEndObject();
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
    public byte[] UsageChunk(AnthropicUsage usage, TokenUsage counted) => UsageChunk(json => usage.Write(json, counted));

    private static bool HasOthers(JsonElement item) => AnthropicOthers.HasAnyOfEvent(item) || AnthropicOthers.HasAnyOfMessage(LooseJson.Member(item, "delta"));

    private void WriteOthersOf(JsonElement item)
    {
        if (!HasOthers(item))
            return;
        Json.WriteStartObject(AnthropicOthers.Name);
        AnthropicOthers.WriteOfMessage(Json, LooseJson.Member(item, "delta"));
        AnthropicOthers.WriteOfEvent(Json, item);
        Json.WriteEndObject();
    }

    private void WriteThinking(int place, string? piece, string? signature, bool isFirst)
    {
        Json.WriteStartArray("reasoning_details");
        AnthropicReasoning.WriteDetail(Json, place, piece, signature, isFirst);
        Json.WriteEndArray();
        Json.WriteStartArray("thinking_blocks");
        AnthropicReasoning.WriteBlock(Json, piece, signature, place);
        Json.WriteEndArray();
    }

    private void StartOther()
    {
        StartDelta();
        Json.WriteStartObject(AnthropicOthers.Name);
        Json.WriteStartArray("content_blocks");
    }

    private void EndOther()
    {
        Json.WriteEndArray();
        Json.WriteEndObject();
        EndDelta();
    }
}
