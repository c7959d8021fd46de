using System.Text.Json;
using ServerlessRouter.Json;

namespace ServerlessRouter.Doors.Responses;

/// <summary>Where in a chat chunk, or a whole chat answer, stands what a response is written from; of its choices only the first.</summary>
internal ref struct ChatChunk(ReadOnlySpan<byte> json)
{
    public readonly ReadOnlySpan<byte> Json = json;

    public JsonRange Content;
    public JsonRange Reasoning;
    public JsonRange ReasoningDetails;
    public JsonRange Refusal;
    public JsonRange ToolCalls;
    public JsonRange Annotations;
    public JsonRange Images;
    public JsonRange Logprobs;
    public JsonRange FinishReason;
    public JsonRange Usage;
    public JsonRange Error;
    public JsonRange RouterMetadata;
    public JsonRange ServiceTier;

    /// <summary>It is a piece of text and no more.</summary>
    public readonly bool IsTextAlone =>
        Content.Length > 2 && Json[Content.Start] == '"' && Reasoning.IsEmpty && ReasoningDetails.IsEmpty && Refusal.IsEmpty && ToolCalls.IsEmpty && Annotations.IsEmpty && Images.IsEmpty && Logprobs.IsEmpty
        && FinishReason.IsEmpty && Usage.IsEmpty && Error.IsEmpty && RouterMetadata.IsEmpty;

    /// <summary>False when it is no JSON object.</summary>
    public static bool TryRead(ReadOnlySpan<byte> json, out ChatChunk chunk)
    {
        var read = new ChatChunk(json);
        var reader = new JsonTokenReader(json);
        try
        {
            return reader.Read() && reader.TokenType == JsonTokenType.StartObject && read.ReadMembers(ref reader);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return false;
        }
        finally
        {
            chunk = read;
        }
    }

    private bool ReadMembers(scoped ref JsonTokenReader reader)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("choices"u8))
                ReadChoices(ref reader);
            else if (reader.ValueTextEquals("usage"u8))
                Take(ref reader, ref Usage);
            else if (reader.ValueTextEquals("error"u8))
                Take(ref reader, ref Error);
            else if (reader.ValueTextEquals("router_metadata"u8))
                Take(ref reader, ref RouterMetadata);
            else if (reader.ValueTextEquals("service_tier"u8))
                Take(ref reader, ref ServiceTier);
            else
                reader.Skip();
        }

        return reader.TokenType == JsonTokenType.EndObject;
    }

    private void ReadChoices(scoped ref JsonTokenReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return;
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType == JsonTokenType.StartObject)
                ReadChoice(ref reader);
            else
                reader.Skip();
        }
    }

    private void ReadChoice(scoped ref JsonTokenReader reader)
    {
        JsonRange message = default, logprobs = default, finish = default;
        var index = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("delta"u8) || reader.ValueTextEquals("message"u8))
            {
                Take(ref reader, ref message);
            }
            else if (reader.ValueTextEquals("logprobs"u8))
            {
                Take(ref reader, ref logprobs);
            }
            else if (reader.ValueTextEquals("finish_reason"u8))
            {
                Take(ref reader, ref finish);
            }
            else if (reader.ValueTextEquals("index"u8))
            {
                reader.Read();
                if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var told))
                    index = told;
                reader.Skip();
            }
            else
            {
                reader.Skip();
            }
        }

        if (index != 0)
            return;
        (Logprobs, FinishReason) = (logprobs, finish);
        if (!message.IsEmpty && Json[message.Start] == '{')
            ReadMessage(message);
    }

    private void ReadMessage(JsonRange message)
    {
        var reader = new JsonTokenReader(message.In(Json));
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("content"u8))
                Take(ref reader, ref Content, message.Start);
            else if (reader.ValueTextEquals("tool_calls"u8))
                Take(ref reader, ref ToolCalls, message.Start);
            else if (reader.ValueTextEquals("reasoning_content"u8) || (Reasoning.IsEmpty && reader.ValueTextEquals("reasoning"u8)))
                Take(ref reader, ref Reasoning, message.Start);
            else if (reader.ValueTextEquals("reasoning_details"u8))
                Take(ref reader, ref ReasoningDetails, message.Start);
            else if (reader.ValueTextEquals("refusal"u8))
                Take(ref reader, ref Refusal, message.Start);
            else if (reader.ValueTextEquals("annotations"u8))
                Take(ref reader, ref Annotations, message.Start);
            else if (reader.ValueTextEquals("images"u8))
                Take(ref reader, ref Images, message.Start);
            else
                reader.Skip();
        }
    }

    /// <summary>Keeps where the next value stands, unless it is null.</summary>
    private static void Take(scoped ref JsonTokenReader reader, ref JsonRange range, int offset = 0)
    {
        reader.Read();
        var (kind, start) = (reader.TokenType, reader.TokenStartIndex);
        reader.Skip();
        if (kind != JsonTokenType.Null)
            range = new JsonRange(offset + start, reader.BytesConsumed - start);
    }
}
