using System.Text.Json;
using ServerlessRouter.Chat;
using ServerlessRouter.Json;

namespace ServerlessRouter.Providers.Responses;

/// <summary>
/// Leaves out reasoning that a vendor of responses cannot take back. Without a seal it would look it up, and refuse the whole request because it keeps nothing; a seal that the router wrote around
/// another vendor's it could not open.
/// </summary>
internal static class OwnReasoning
{
    private static ReadOnlySpan<byte> ForeignSeal => "router:"u8;

    /// <summary>The request without it; null where it has none.</summary>
    public static byte[]? In(ReadOnlySpan<byte> body)
    {
        if (body.IndexOf("\"reasoning\""u8) < 0)
            return null;
        var (items, list) = (new List<(JsonRange Item, bool IsLeftOut)>(), default(JsonRange));
        var reader = new JsonTokenReader(body, ChatRequestScanner.MaxDepth);
        reader.Read();
        while (list.IsEmpty && reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isInput = reader.ValueTextEquals("input"u8);
            reader.Read();
            if (isInput && reader.TokenType == JsonTokenType.StartArray)
                list = ReadItems(ref reader, items);
            else
                reader.Skip();
        }

        return items.Exists(static item => item.IsLeftOut) ? Without(body, list, items) : null;
    }

    private static JsonRange ReadItems(ref JsonTokenReader reader, List<(JsonRange Item, bool IsLeftOut)> items)
    {
        var start = reader.TokenStartIndex;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var item = reader.TokenStartIndex;
            var isLeftOut = reader.TokenType == JsonTokenType.StartObject && IsForeign(ref reader);
            if (reader.TokenType != JsonTokenType.EndObject)
                reader.Skip();
            items.Add((new JsonRange(item, reader.BytesConsumed - item), isLeftOut));
        }

        return new JsonRange(start, reader.BytesConsumed - start);
    }

    /// <summary>Reads an item to its end.</summary>
    private static bool IsForeign(ref JsonTokenReader reader)
    {
        var (isReasoning, isSealed) = (false, false);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var (isType, isSeal) = (reader.ValueTextEquals("type"u8), reader.ValueTextEquals("encrypted_content"u8));
            reader.Read();
            if (isType)
                isReasoning = reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("reasoning"u8);
            else if (isSeal)
                isSealed = reader.TokenType == JsonTokenType.String && !reader.ValueSpan.IsEmpty && !reader.ValueSpan.StartsWith(ForeignSeal);
            reader.Skip();
        }

        return isReasoning && !isSealed;
    }

    private static byte[] Without(ReadOnlySpan<byte> body, JsonRange list, List<(JsonRange Item, bool IsLeftOut)> items)
    {
        using var rest = new PooledWriter(body.Length);
        rest.Append(body[..(list.Start + 1)]);
        var isFirst = true;
        foreach (var (item, isLeftOut) in items)
        {
            if (isLeftOut)
                continue;
            if (!isFirst)
                rest.Append(","u8);
            isFirst = false;
            rest.Append(item.In(body));
        }

        rest.Append(body[(list.End - 1)..]);
        return rest.Written.ToArray();
    }
}
