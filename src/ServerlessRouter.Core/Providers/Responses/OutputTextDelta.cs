using System.Text.Json;
using ServerlessRouter.Chat;
using ServerlessRouter.Json;

namespace ServerlessRouter.Providers.Responses;

/// <summary>The event that nearly all of a stream consists of, a piece of text, read without a document.</summary>
/// <param name="Index">The number of the item.</param>
/// <param name="Part">The number of its part.</param>
/// <param name="Text">Where the piece stands, without its quotes.</param>
/// <param name="HasLogprobs">It tells how probable its tokens were.</param>
internal readonly record struct OutputTextDelta(int Index, int Part, JsonRange Text, bool HasLogprobs)
{
    public const string Name = "response.output_text.delta";

    /// <summary>Null for every other event, and for one that says nothing of its place.</summary>
    public static OutputTextDelta? Read(ReadOnlySpan<byte> payload)
    {
        var (index, part, text, isDelta, hasLogprobs) = (-1, -1, (JsonRange?)null, false, false);
        var reader = new JsonTokenReader(payload, ChatRequestScanner.MaxDepth);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            return null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("type"u8))
            {
                reader.Read();
                if (reader.TokenType != JsonTokenType.String || !reader.ValueTextEquals("response.output_text.delta"u8))
                    return null;
                isDelta = true;
            }
            else if (reader.ValueTextEquals("output_index"u8))
            {
                if (!TryReadNumber(ref reader, out index))
                    return null;
            }
            else if (reader.ValueTextEquals("content_index"u8))
            {
                if (!TryReadNumber(ref reader, out part))
                    return null;
            }
            else if (reader.ValueTextEquals("delta"u8))
            {
                reader.Read();
                if (reader.TokenType != JsonTokenType.String)
                    return null;
                text = new JsonRange(reader.TokenStartIndex + 1, reader.ValueSpan.Length);
            }
            else if (reader.ValueTextEquals("logprobs"u8))
            {
                reader.Read();
                var start = reader.TokenStartIndex;
                reader.Skip();
                hasLogprobs = reader.TokenType == JsonTokenType.EndArray && reader.BytesConsumed - start > "[]".Length;
            }
            else if (reader.ValueTextEquals("error"u8) || reader.ValueTextEquals("object"u8))
            {
                return null;
            }
            else
            {
                reader.Skip();
            }
        }

        return isDelta && index >= 0 && part >= 0 && text is { } piece && reader.TokenType == JsonTokenType.EndObject && !reader.Read()
            ? new OutputTextDelta(index, part, piece, hasLogprobs)
            : null;
    }

    private static bool TryReadNumber(ref JsonTokenReader reader, out int number)
    {
        number = -1;
        reader.Read();
        return reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out number);
    }
}
