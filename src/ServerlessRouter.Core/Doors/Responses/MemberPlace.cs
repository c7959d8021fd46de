using System.Text.Json;
using ServerlessRouter.Chat;
using ServerlessRouter.Json;

namespace ServerlessRouter.Doors.Responses;

/// <summary>Finds a member in a vendor's own words, which may be no JSON.</summary>
internal static class MemberPlace
{
    /// <summary>Where the value of a member stands; empty where there is none, or the text is no JSON object.</summary>
    public static JsonRange Find(ReadOnlySpan<byte> json, ReadOnlySpan<byte> name)
    {
        try
        {
            var reader = new JsonTokenReader(json, ChatRequestScanner.MaxDepth);
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isWanted = reader.ValueTextEquals(name);
                reader.Read();
                var start = reader.TokenStartIndex;
                reader.Skip();
                if (isWanted)
                    return new JsonRange(start, reader.BytesConsumed - start);
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // What cannot be read has no members.
        }

        return default;
    }
}
