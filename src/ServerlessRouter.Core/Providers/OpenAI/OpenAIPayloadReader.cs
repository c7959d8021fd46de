using System.Text.Json;
using ServerlessRouter.Domain;
using ServerlessRouter.Json;

namespace ServerlessRouter.Providers.OpenAI;

/// <summary>Reads a chat completion or a chunk of one in a single pass, and sees where it departs from the schema that clients rely on.</summary>
internal static class OpenAIPayloadReader
{
    /// <summary>False when the bytes are not exactly one JSON object; what could be read of it is told all the same.</summary>
    public static bool TryRead(ReadOnlySpan<byte> json, PayloadForm form, out OpenAIPayload payload)
    {
        payload = default;
        var isWhole = TryReadMembers(json, form, ref payload);
        if (isWhole && !payload.HasChoices && payload.ErrorRange.IsEmpty)
            payload.IsFlatError = ErrorMarks.AreIn(json);
        return isWhole;
    }

    private static bool TryReadMembers(ReadOnlySpan<byte> json, PayloadForm form, ref OpenAIPayload payload)
    {
        var reader = new JsonTokenReader(json);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                return false;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals("choices"u8))
                    ReadChoices(ref reader, form, ref payload);
                else if (reader.ValueTextEquals("usage"u8))
                    ReadUsage(ref reader, ref payload);
                else if (reader.ValueTextEquals("error"u8))
                    ReadError(ref reader, ref payload);
                else if (reader.ValueTextEquals("service_tier"u8))
                    ReadServiceTier(ref reader, ref payload);
                else if (reader.ValueTextEquals("id"u8))
                    (payload.Told.Ids, payload.IdRange) = (payload.Told.Ids + 1, ReadRange(ref reader, JsonTokenType.String));
                else if (reader.ValueTextEquals("created"u8))
                    (payload.Told.Times, payload.CreatedRange) = (payload.Told.Times + 1, ReadRange(ref reader, JsonTokenType.Number));
                else
                    reader.Skip();
                payload.MembersEnd = reader.BytesConsumed;
            }

            payload.IsOdd |= !payload.HasWholeList;
            if (payload is { Usage: { } usage, ServiceTier: { } tier })
                payload.Usage = usage with { ServiceTier = tier };
            // One more read makes the reader complain about anything behind the object.
            return reader.TokenType == JsonTokenType.EndObject && !reader.Read();
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // The second is a name with broken escapes.
            return false;
        }
    }

    /// <summary>Where the next value stands, if it is of this kind.</summary>
    private static JsonRange ReadRange(ref JsonTokenReader reader, JsonTokenType kind)
    {
        reader.Read();
        if (reader.TokenType == kind)
            return new JsonRange(reader.TokenStartIndex, reader.BytesConsumed - reader.TokenStartIndex);
        reader.Skip();
        return default;
    }

    private static void ReadChoices(ref JsonTokenReader reader, PayloadForm form, ref OpenAIPayload payload)
    {
        reader.Read();
        payload.Told.Lists++;
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return;
        }

        for (var place = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; place++)
        {
            if (reader.TokenType == JsonTokenType.StartObject)
                ReadChoice(ref reader, form, place, ref payload);
            else
                reader.Skip();
        }

        payload.HasWholeList = true;
    }

    private static void ReadChoice(ref JsonTokenReader reader, PayloadForm form, int place, ref OpenAIPayload payload)
    {
        var message = new OpenAIMessageReader(form);
        int? index = null;
        var (isFinished, hasText, isInForm) = (false, false, false);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("index"u8))
            {
                reader.Read();
                if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var told))
                    index = told;
                reader.Skip();
            }
            else if (reader.ValueTextEquals("delta"u8))
            {
                isInForm |= message.Read(ref reader, ref payload) && form == PayloadForm.Chunk;
            }
            else if (reader.ValueTextEquals("message"u8))
            {
                isInForm |= message.Read(ref reader, ref payload) && form == PayloadForm.Whole;
            }
            else if (reader.ValueTextEquals("finish_reason"u8))
            {
                isFinished = ReadFinishReason(ref reader, ref payload);
            }
            else if (reader.ValueTextEquals("error"u8))
            {
                ReadError(ref reader, ref payload);
            }
            else if (reader.ValueTextEquals("text"u8))
            {
                hasText = OpenAIMessageReader.ReadText(ref reader, ref payload);
            }
            else if (reader.ValueTextEquals("usage"u8) && payload.Usage is null)
            {
                // Moonshot tells it here, on the chunk that finishes.
                reader.Read();
                payload.Usage = reader.TokenType == JsonTokenType.StartObject ? OpenAIUsageReader.Read(ref reader) : null;
                reader.Skip();
            }
            else
            {
                reader.Skip();
            }
        }

        var known = index ?? place;
        payload.Choices = payload.Choices.With(known);
        if (isFinished)
            payload.Finished = payload.Finished.With(known);
        else
            payload.IsOdd |= form == PayloadForm.Whole;
        if (message.HasCalls)
            payload.Calling = payload.Calling.With(known);
        if (!message.IsThere && !hasText)
            payload.Mute = payload.Mute.With(known);
        if (message.Heads > 0)
        {
            payload.CallHeads += message.Heads;
            payload.CallHead = message.Head with { Choice = known };
        }

        payload.IsOdd |= index is null || !isInForm || message.IsOdd;
    }

    /// <summary>Whether it is a reason: some servers write an empty text, or a word for none, until there is one.</summary>
    private static bool ReadFinishReason(ref JsonTokenReader reader, ref OpenAIPayload payload)
    {
        reader.Read();
        payload.Told.Ends++;
        payload.IsOdd |= reader.TokenType is not (JsonTokenType.String or JsonTokenType.Null);
        var read = reader.TokenType switch
        {
            JsonTokenType.String => FinishReasons.Read(ref reader),
            JsonTokenType.StartObject or JsonTokenType.StartArray => FinishReasons.ReadInside(ref reader),
            _ => null,
        };
        if (read is not { } reason)
        {
            payload.IsOdd |= reader.TokenType != JsonTokenType.Null;
            return false;
        }

        payload.FinishReason ??= reason;
        payload.IsFailed |= FinishReasons.IsFailure(reason);
        return true;
    }

    /// <summary>The tiers have short names, the same in all answers of a vendor.</summary>
    private static void ReadServiceTier(ref JsonTokenReader reader, ref OpenAIPayload payload)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.String)
            payload.ServiceTier = ServiceTiers.Name(reader.ValueSpan);
        else
            reader.Skip();
    }

    private static void ReadUsage(ref JsonTokenReader reader, ref OpenAIPayload payload)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            payload.IsOdd |= reader.TokenType != JsonTokenType.Null;
            reader.Skip();
            return;
        }

        var start = reader.TokenStartIndex;
        if (OpenAIUsageReader.Read(ref reader) is { } usage)
            (payload.Usage, payload.UsageRange) = (usage, new JsonRange(start, reader.BytesConsumed - start));
        else
            payload.IsOdd = true;
    }

    private static void ReadError(ref JsonTokenReader reader, ref OpenAIPayload payload)
    {
        reader.Read();
        var start = reader.TokenStartIndex;
        if (ErrorMarks.SaysSomething(ref reader))
            payload.ErrorRange = new JsonRange(start, reader.BytesConsumed - start);
    }
}
