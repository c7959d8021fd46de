using System.Text;
using System.Text.Json;
using ServerlessRouter.Domain;
using ServerlessRouter.Json;
using ServerlessRouter.Providers.Translation;

namespace ServerlessRouter.Providers.Responses;

/// <summary>Writes what a stream of responses says as chunks of a chat completion.</summary>
internal sealed class ResponsesChunkWriter(PooledWriter output, ResponsesTerms terms) : ChatChunkWriter(output, ResponsesAnswerWriter.Options, terms.Now)
{
    private int _annotations;

    /// <summary>The first chunk; <paramref name="response"/> is the one the stream begins with, or nothing.</summary>
    public void Open(JsonElement response)
    {
        Learn(response);
        StartDelta();
        Json.WriteString("role", "assistant");
        Json.WriteString("content", "");
        EndDelta();
    }

    /// <summary>The tier the vendor served it in; null while it has told none.</summary>
    public string? ServiceTier => Tier is null ? null : ServiceTiers.Name(Encoding.UTF8.GetBytes(Tier));

    /// <summary>Takes over what the response says of itself.</summary>
    public void Learn(JsonElement response)
    {
        Name(
            Id ?? ResponsesVocabulary.ResponseId(response), LooseJson.Text(response, "model") ?? Model, LooseJson.Text(response, "service_tier") ?? Tier,
            ResponsesAnswerWriter.CreatedAt(response, Created));
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
        Json.WriteString("content", piece);
        Json.WriteEndObject();
        ResponsesAnswerWriter.WriteLogprobs(Json, logprobs);
        EndChoice();
    }

    /// <summary>A piece of reasoning that can be read; <paramref name="place"/> is that of its entry.</summary>
    public void Reasoning(ReasoningEntry entry, int place, string separator, string piece, bool isFirst)
    {
        StartDelta();
        Json.WriteString("reasoning_content", separator + piece);
        Json.WriteStartArray("reasoning_details");
        ResponsesReasoning.WriteDetail(Json, entry, place, piece, isFirst);
        Json.WriteEndArray();
        EndDelta();
    }

    /// <summary>What the vendor encrypted of an item of reasoning.</summary>
    public void Seal(int place, string data, string? id)
    {
        StartDelta();
        Json.WriteStartArray("reasoning_details");
        ResponsesReasoning.WriteSeal(Json, place, data, SealOrigin.Mark(id, terms.Origin));
        Json.WriteEndArray();
        EndDelta();
    }

    public void CallStart(int place, bool isCustom, string id, string name)
    {
        StartCall(place);
        Json.WriteString("id", id);
        Json.WriteString("type", isCustom ? "custom" : "function");
        Json.WriteStartObject(isCustom ? "custom" : "function");
        Json.WriteString("name", name);
        Json.WriteString(isCustom ? "input" : "arguments", "");
        Json.WriteEndObject();
        EndCall();
    }

    public void CallPiece(int place, bool isCustom, string piece)
    {
        StartCall(place);
        Json.WriteStartObject(isCustom ? "custom" : "function");
        Json.WriteString(isCustom ? "input" : "arguments", piece);
        Json.WriteEndObject();
        EndCall();
    }

    public void Annotation(in ResponsesAnnotation annotation)
    {
        StartDelta();
        List<ResponsesAnnotation> one = [annotation];
        ResponsesAnnotation.WritePages(Json, one, _annotations);
        _annotations += annotation.Url is null ? 0 : 1;
        if (ResponsesAnnotation.HasFiles(one))
        {
            Json.WriteStartObject(ResponsesAnswerWriter.Others);
            ResponsesAnnotation.WriteFiles(Json, one);
            Json.WriteEndObject();
        }

        EndDelta();
    }

    /// <summary>What a message is to the turn.</summary>
    public void Phase(string phase)
    {
        StartDelta();
        Json.WriteStartObject(ResponsesAnswerWriter.Others);
        Json.WriteString("phase", phase);
        Json.WriteEndObject();
        EndDelta();
    }

    /// <summary>An item that chat completions have no word for, as it came.</summary>
    public void OtherItem(JsonElement item)
    {
        StartDelta();
        Json.WriteStartObject(ResponsesAnswerWriter.Others);
        Json.WriteStartArray("output_items");
        Json.WriteRawValue(LooseJson.Raw(item), skipInputValidation: true);
        Json.WriteEndArray();
        Json.WriteEndObject();
        EndDelta();
    }

    /// <summary>The chunk that ends the choice.</summary>
    public void Finish(string reason, string? native)
    {
        StartDelta();
        EndDelta(reason, native);
    }

    /// <summary>The payload of the chunk that carries usage alone.</summary>
    public byte[] UsageChunk(ResponsesUsage usage) => UsageChunk(usage.Write);
}
