using System.Text.Json;
using ServerlessRouter.Chat;
using ServerlessRouter.Json;

namespace ServerlessRouter.Doors.Responses;

/// <summary>Finds items that chat completions have no word for, such as calls of a vendor's own tools: a turn behind one can only be taken by a vendor that speaks responses.</summary>
internal static class ForeignItems
{
    /// <summary>Where the first one's type stands in a body that was read, for example <c>input[2].type</c>; null without one.</summary>
    public static string? FindFirst(ReadOnlySpan<byte> body)
    {
        var reader = new JsonTokenReader(body, ChatRequestScanner.MaxDepth);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isInput = reader.ValueTextEquals("input"u8);
            reader.Read();
            if (isInput)
                return reader.TokenType == JsonTokenType.StartArray ? FindIn(ref reader) : null;
            reader.Skip();
        }

        return null;
    }

    private static string? FindIn(ref JsonTokenReader reader)
    {
        for (var place = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; place++)
        {
            if (reader.TokenType == JsonTokenType.StartObject && IsForeign(ref reader))
                return $"input[{place}].type";
            if (reader.TokenType != JsonTokenType.EndObject)
                reader.Skip();
        }

        return null;
    }

    /// <summary>Reads an item to its end.</summary>
    private static bool IsForeign(ref JsonTokenReader reader)
    {
        var isForeign = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isType = reader.ValueTextEquals("type"u8);
            reader.Read();
            // The last of several counts, as it does where the items are read.
            if (isType)
                isForeign = reader.TokenType == JsonTokenType.String && InputItems.KindOf(reader.GetString()!) == InputItemKind.Foreign;
            reader.Skip();
        }

        return isForeign;
    }
}
