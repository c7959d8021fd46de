using System.Text.Json;
using ServerlessRouter.Chat;

namespace ServerlessRouter.Providers.OpenAI;

/// <summary>Reads a chat completion or a chunk of one in a single pass; the two differ only in <c>message</c> and <c>delta</c>.</summary>
internal static class OpenAIPayloadReader
{
    /// <summary>False when the bytes are not exactly one JSON object.</summary>
    public static bool TryRead(ReadOnlySpan<byte> json, out OpenAIPayload payload)
    {
        payload = default;
        var reader = new JsonTokenReader(json);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                return false;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals("choices"u8))
                    ReadChoices(ref reader, ref payload);
                else if (reader.ValueTextEquals("usage"u8))
                    ReadUsage(ref reader, ref payload);
                else if (reader.ValueTextEquals("error"u8))
                    ReadError(ref reader, ref payload);
                else
                    reader.Skip();
            }

            // One more read makes the reader complain about anything behind the object.
            return reader.TokenType == JsonTokenType.EndObject && !reader.Read();
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // The second is a name with broken escapes.
            return false;
        }
    }

    private static void ReadChoices(ref JsonTokenReader reader, ref OpenAIPayload payload)
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
            {
                payload.HasChoices = true;
                ReadChoice(ref reader, ref payload);
            }
            else
            {
                reader.Skip();
            }
        }
    }

    private static void ReadChoice(ref JsonTokenReader reader, ref OpenAIPayload payload)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("delta"u8) || reader.ValueTextEquals("message"u8))
            {
                reader.Read();
                if (reader.TokenType == JsonTokenType.StartObject)
                    ReadMessage(ref reader, ref payload);
                else
                    reader.Skip();
            }
            else if (reader.ValueTextEquals("finish_reason"u8))
            {
                reader.Read();
                if (reader.TokenType == JsonTokenType.String)
                    payload.FinishReason ??= FinishReasonOf(ref reader);
                else
                    reader.Skip();
            }
            else if (reader.ValueTextEquals("error"u8))
            {
                ReadError(ref reader, ref payload);
            }
            else
            {
                reader.Skip();
            }
        }
    }

    private static void ReadMessage(ref JsonTokenReader reader, ref OpenAIPayload payload)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isText = reader.ValueTextEquals("content"u8) || reader.ValueTextEquals("refusal"u8)
                || reader.ValueTextEquals("reasoning_content"u8) || reader.ValueTextEquals("reasoning"u8);
            var isOther = !isText && (reader.ValueTextEquals("tool_calls"u8) || reader.ValueTextEquals("function_call"u8)
                || reader.ValueTextEquals("reasoning_details"u8) || reader.ValueTextEquals("audio"u8) || reader.ValueTextEquals("images"u8));
            reader.Read();
            if (isText && reader.TokenType == JsonTokenType.String)
            {
                payload.ContentBytes += reader.ValueSpan.Length;
                payload.HasContent |= !reader.ValueSpan.IsEmpty;
            }
            else if (isText || isOther)
            {
                CountNested(ref reader, ref payload);
            }
            else
            {
                reader.Skip();
            }
        }
    }

    /// <summary>Counts the strings that a model wrote inside a structure; an empty structure is no content.</summary>
    private static void CountNested(ref JsonTokenReader reader, ref OpenAIPayload payload)
    {
        if (reader.TokenType is not (JsonTokenType.StartArray or JsonTokenType.StartObject))
            return;
        var depth = reader.CurrentDepth;
        while (reader.Read() && reader.CurrentDepth > depth)
        {
            payload.HasContent = true;
            if (reader.TokenType != JsonTokenType.PropertyName)
                continue;
            var isWritten = reader.ValueTextEquals("arguments"u8) || reader.ValueTextEquals("name"u8) || reader.ValueTextEquals("text"u8);
            reader.Read();
            if (isWritten && reader.TokenType == JsonTokenType.String)
                payload.ContentBytes += reader.ValueSpan.Length;
        }
    }

    private static void ReadUsage(ref JsonTokenReader reader, ref OpenAIPayload payload)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }

        var start = reader.TokenStartIndex;
        var usage = OpenAIUsageReader.Read(ref reader);
        if (usage is null)
            return;
        payload.Usage = usage;
        payload.UsageRange = new JsonRange(start, reader.BytesConsumed - start);
    }

    private static void ReadError(ref JsonTokenReader reader, ref OpenAIPayload payload)
    {
        reader.Read();
        var start = reader.TokenStartIndex;
        var isError = reader.TokenType is JsonTokenType.StartObject or JsonTokenType.String;
        reader.Skip();
        if (isError)
            payload.ErrorRange = new JsonRange(start, reader.BytesConsumed - start);
    }

    /// <summary>The known reasons without an allocation.</summary>
    private static string FinishReasonOf(ref JsonTokenReader reader)
    {
        if (reader.ValueTextEquals("stop"u8))
            return "stop";
        if (reader.ValueTextEquals("length"u8))
            return "length";
        if (reader.ValueTextEquals("tool_calls"u8))
            return "tool_calls";
        return reader.GetString()!;
    }
}
