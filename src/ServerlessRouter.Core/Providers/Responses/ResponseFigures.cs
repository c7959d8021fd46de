using System.Text.Json;
using ServerlessRouter.Domain;
using ServerlessRouter.Json;
using ServerlessRouter.Providers.OpenAI;

namespace ServerlessRouter.Providers.Responses;

/// <summary>What the router must know of a response that it passes on as it came.</summary>
internal readonly record struct ResponseFigures(TokenUsage Usage, long ContentBytes, string FinishReason)
{
    /// <summary>Null for whatever is no plain answer with its usage, which is then looked at closely.</summary>
    public static ResponseFigures? Of(ReadOnlyMemory<byte> body)
    {
        try
        {
            var response = body.Span;
            var (isResponse, isCompleted, output, usage, tier) = (false, false, default(JsonRange), default(JsonRange), default(string));
            var members = new JsonMemberReader(response);
            while (members.Read())
            {
                var value = members.Value.In(response);
                if (members.Is("object"u8))
                    isResponse = value.SequenceEqual("\"response\""u8);
                else if (members.Is("status"u8))
                    isCompleted = value.SequenceEqual("\"completed\""u8);
                else if (members.Is("error"u8) && members.Kind != JsonTokenType.Null)
                    return null;
                else if (members.Is("output"u8) && members.Kind == JsonTokenType.StartArray)
                    output = members.Value;
                else if (members.Is("usage"u8))
                    usage = members.Value;
                else if (members.Is("service_tier"u8) && members.Kind == JsonTokenType.String)
                    tier = ServiceTiers.Name(value[1..^1]);
            }

            if (!members.IsAtEnd() || !isResponse || !isCompleted || ResponsesUsage.Of(body.Slice(usage.Start, usage.Length)) is not { } counted)
                return null;
            var (says, hasCalls) = Look(output.In(response));
            return says ? new ResponseFigures(counted with { ServiceTier = tier }, output.Length, hasCalls ? FinishReasons.ToolCalls : FinishReasons.Stop) : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // The second is a name with broken escapes.
            return null;
        }
    }

    private static (bool Says, bool HasCalls) Look(ReadOnlySpan<byte> output)
    {
        var (says, hasCalls) = (false, false);
        if (output.IsEmpty)
            return default;
        var items = new JsonItemReader(output);
        while (items.Read())
        {
            if (items.Kind != JsonTokenType.StartObject)
                continue;
            var type = JsonMemberReader.Find(items.Value, "type"u8).In(items.Value);
            var isCall = type.SequenceEqual("\"function_call\""u8) || type.SequenceEqual("\"custom_tool_call\""u8);
            hasCalls |= isCall;
            says |= isCall || (type.SequenceEqual("\"message\""u8) && HasText(JsonMemberReader.Find(items.Value, "content"u8).In(items.Value)));
        }

        return (says, hasCalls);
    }

    private static bool HasText(ReadOnlySpan<byte> content)
    {
        if (content is not [(byte)'[', ..])
            return false;
        var parts = new JsonItemReader(content);
        while (parts.Read())
        {
            if (parts.Kind == JsonTokenType.StartObject && JsonMemberReader.Find(parts.Value, "type"u8).In(parts.Value).SequenceEqual("\"output_text\""u8)
                && JsonMemberReader.Find(parts.Value, "text"u8).In(parts.Value) is [(byte)'"', ..])
                return true;
        }

        return false;
    }
}
