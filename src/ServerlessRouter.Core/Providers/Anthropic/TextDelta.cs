using System.Text.Json;

namespace ServerlessRouter.Providers.Anthropic;

/// <summary>The event that nearly all of a stream consists of, a piece of text, read without a document where it is passed on as it came.</summary>
internal static class TextDelta
{
    public const string Name = "content_block_delta";

    /// <summary>The number of the text's block and the bytes of the piece as it is written; false for every other event, and for one that says more.</summary>
    public static bool TryRead(ReadOnlySpan<byte> payload, out int index, out int length)
    {
        (index, length) = (-1, -1);
        var isDelta = false;
        var reader = new Utf8JsonReader(payload);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            return false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("type"u8))
            {
                if (!reader.Read() || reader.TokenType != JsonTokenType.String || !reader.ValueTextEquals("content_block_delta"u8))
                    return false;
                isDelta = true;
            }
            else if (reader.ValueTextEquals("index"u8))
            {
                if (!reader.Read() || reader.TokenType != JsonTokenType.Number || !reader.TryGetInt32(out index))
                    return false;
            }
            else if (!reader.ValueTextEquals("delta"u8) || !TryReadText(ref reader, out length))
            {
                return false;
            }
        }

        return isDelta && index >= 0 && length >= 0 && reader.TokenType == JsonTokenType.EndObject && !reader.Read();
    }

    private static bool TryReadText(ref Utf8JsonReader reader, out int length)
    {
        length = -1;
        var isText = false;
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            return false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isType = reader.ValueTextEquals("type"u8);
            if (!isType && !reader.ValueTextEquals("text"u8))
                return false;
            if (!reader.Read() || reader.TokenType != JsonTokenType.String)
                return false;
            if (isType)
                isText = reader.ValueTextEquals("text_delta"u8);
            else
                length = reader.ValueSpan.Length;
        }

        return isText && reader.TokenType == JsonTokenType.EndObject;
    }
}
