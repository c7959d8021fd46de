using System.Text.Json;
using ServerlessRouter.Domain;
using ServerlessRouter.Json;

namespace ServerlessRouter.Providers.Anthropic;

/// <summary>What the router must know of a message that it passes on as it came.</summary>
internal readonly record struct MessageFigures(TokenUsage? Usage, long ContentBytes, string FinishReason)
{
    /// <summary>Null for whatever is no plain answer, which is then looked at closely.</summary>
    public static MessageFigures? Of(ReadOnlyMemory<byte> body)
    {
        try
        {
            var message = body.Span;
            var (isMessage, content, reason, usage) = (false, default(JsonRange), default(JsonRange), default(JsonRange));
            var members = new JsonMemberReader(message);
            while (members.Read())
            {
                if (members.Is("type"u8))
                    isMessage = members.Value.In(message).SequenceEqual("\"message\""u8);
                else if (members.Is("content"u8) && members.Kind == JsonTokenType.StartArray)
                    content = members.Value;
                else if (members.Is("stop_reason"u8) && members.Kind == JsonTokenType.String)
                    reason = members.Value;
                else if (members.Is("usage"u8))
                    usage = members.Value;
                else if (members.Is("error"u8))
                    return null;
            }

            if (!members.IsAtEnd() || !isMessage || content.IsEmpty || AnthropicVocabulary.StopReason(reason.In(message)) is not { } ended || AnthropicVocabulary.IsError(ended)
                || HasCalls(content.In(message)) is not { } hasCalls)
                return null;
            return new MessageFigures(AnthropicUsage.Of(body.Slice(usage.Start, usage.Length)), content.Length, AnthropicVocabulary.FinishReason(ended, hasCalls));
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // The second is a name with broken escapes.
            return null;
        }
    }

    /// <summary>Whether it calls tools; null where a block does not say what it is.</summary>
    private static bool? HasCalls(ReadOnlySpan<byte> content)
    {
        var hasCalls = false;
        var blocks = new JsonItemReader(content);
        while (blocks.Read())
        {
            if (blocks.Kind != JsonTokenType.StartObject || JsonMemberReader.Find(blocks.Value, "type"u8).In(blocks.Value) is not [(byte)'"', _, .., (byte)'"'] type)
                return null;
            hasCalls |= type.SequenceEqual("\"tool_use\""u8);
        }

        return hasCalls;
    }
}
