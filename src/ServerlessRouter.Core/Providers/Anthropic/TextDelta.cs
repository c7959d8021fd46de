using System.Text.Json;
using ServerlessRouter.Chat;
using ServerlessRouter.Json;

namespace ServerlessRouter.Providers.Anthropic;

/// <summary>The event that nearly all of a stream consists of, a piece of text, read without a document.</summary>
/// <param name="Index">The number of the text's block.</param>
/// <param name="Text">Where the piece stands, without its quotes.</param>
internal readonly record struct TextDelta(int Index, JsonRange Text)
{
    public const string Name = "content_block_delta";

    /// <summary>Null for every other event, and for one that says more.</summary>
    public static TextDelta? Read(ReadOnlySpan<byte> payload)
    {
        var (index, text, isDelta) = (-1, (JsonRange?)null, false);
        var reader = new JsonTokenReader(payload, ChatRequestScanner.MaxDepth);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            return null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("type"u8))
            {
                reader.Read();
                if (reader.TokenType != JsonTokenType.String || !reader.ValueTextEquals("content_block_delta"u8))
                    return null;
                isDelta = true;
            }
            else if (reader.ValueTextEquals("index"u8))
            {
                reader.Read();
                if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt32(out index))
                    return null;
            }
            else if (reader.ValueTextEquals("delta"u8))
            {
                text = TextIn(ref reader);
                if (text is null)
                    return null;
            }
            else
            {
                return null;
            }
        }

        return isDelta && index >= 0 && text is { } piece && reader.TokenType == JsonTokenType.EndObject && !reader.Read() ? new TextDelta(index, piece) : null;
    }

    private static JsonRange? TextIn(ref JsonTokenReader reader)
    {
        var (text, isText) = ((JsonRange?)null, false);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
            return null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isType = reader.ValueTextEquals("type"u8);
            if (!isType && !reader.ValueTextEquals("text"u8))
                return null;
            reader.Read();
            if (reader.TokenType != JsonTokenType.String)
                return null;
            if (isType)
                isText = reader.ValueTextEquals("text_delta"u8);
            else
                text = new JsonRange(reader.TokenStartIndex + 1, reader.ValueSpan.Length);
        }

        return isText && reader.TokenType == JsonTokenType.EndObject ? text : null;
    }
}
