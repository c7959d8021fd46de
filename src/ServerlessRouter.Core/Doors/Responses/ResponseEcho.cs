using System.Text.Json;
using ServerlessRouter.Chat;
using ServerlessRouter.Json;

namespace ServerlessRouter.Doors.Responses;

/// <summary>What a response repeats of its request, with OpenAI's defaults for what the request left out.</summary>
internal static class ResponseEcho
{
    private static readonly (byte[] Name, byte[] Default)[] Members =
    [
        Row("background", "false"), Row("instructions", "null"), Row("max_output_tokens", "null"), Row("max_tool_calls", "null"), Row("metadata", "{}"), Row("parallel_tool_calls", "true"),
        Row("prompt", ""), Row("prompt_cache_key", "null"), Row("prompt_cache_retention", ""), Row("reasoning", """{"effort":null,"summary":null}"""),
        Row("safety_identifier", "null"), Row("store", "false"), Row("temperature", "1.0"), Row("text", """{"format":{"type":"text"}}"""), Row("tool_choice", "\"auto\""), Row("tools", "[]"),
        Row("top_logprobs", "0"), Row("top_p", "1.0"), Row("truncation", "\"disabled\""), Row("user", "null"), Row("service_tier", "\"default\""),
    ];

    private static readonly int ServiceTier = Members.Length - 1;

    /// <summary>Writes the members, each behind a comma, but for <c>service_tier</c>, whose value is answered: a vendor may serve another one.</summary>
    public static ReadOnlyMemory<byte> Write(ReadOnlyMemory<byte> body, PooledWriter output)
    {
        Span<JsonRange> found = stackalloc JsonRange[Members.Length];
        Find(body.Span, found);
        for (var place = 0; place < ServiceTier; place++)
        {
            var value = found[place].IsEmpty ? Members[place].Default : found[place].In(body.Span);
            if (value.IsEmpty)
                continue;
            output.Append(",\""u8);
            output.Append(Members[place].Name);
            output.Append("\":"u8);
            output.Append(value);
        }

        return found[ServiceTier].IsEmpty ? Members[ServiceTier].Default : body.Slice(found[ServiceTier].Start, found[ServiceTier].Length);
    }

    private static void Find(ReadOnlySpan<byte> body, Span<JsonRange> found)
    {
        if (body.IsEmpty)
            return;
        var reader = new JsonTokenReader(body, ChatRequestScanner.MaxDepth);
        try
        {
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var place = PlaceOf(ref reader);
                reader.Read();
                var (kind, start) = (reader.TokenType, reader.TokenStartIndex);
                reader.Skip();
                if (place >= 0 && kind != JsonTokenType.Null)
                    found[place] = new JsonRange(start, reader.BytesConsumed - start);
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // A body that was refused is not repeated.
            found.Clear();
        }
    }

    private static int PlaceOf(ref JsonTokenReader reader)
    {
        for (var place = 0; place < Members.Length; place++)
        {
            if (reader.ValueTextEquals(Members[place].Name))
                return place;
        }

        return -1;
    }

    private static (byte[] Name, byte[] Default) Row(string name, string value) => (System.Text.Encoding.UTF8.GetBytes(name), System.Text.Encoding.UTF8.GetBytes(value));
}
