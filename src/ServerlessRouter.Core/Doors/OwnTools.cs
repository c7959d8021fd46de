using System.Text.Json;
using ServerlessRouter.Chat;

namespace ServerlessRouter.Doors;

/// <summary>Finds tools that a vendor runs itself, such as a search of the web: they are no functions of the caller's, so no vendor of another schema has them.</summary>
internal static class OwnTools
{
    /// <summary>Where the first one's type stands, for example <c>tools[2].type</c>; null without one.</summary>
    public static string? FindFirst(ChatRequest request)
    {
        if (!request.TryGetMember("tools"u8, out var tools) || tools.Kind != JsonTokenType.StartArray)
            return null;
        var reader = new Utf8JsonReader(tools.Value.In(request.Bytes), new JsonReaderOptions { MaxDepth = ChatRequestScanner.MaxDepth });
        reader.Read();
        for (var place = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; place++)
        {
            if (reader.TokenType == JsonTokenType.StartObject && IsVendors(ref reader))
                return $"tools[{place}].type";
            if (reader.TokenType != JsonTokenType.EndObject)
                reader.Skip();
        }

        return null;
    }

    /// <summary>Reads a tool to its end.</summary>
    private static bool IsVendors(ref Utf8JsonReader reader)
    {
        var isVendors = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isType = reader.ValueTextEquals("type"u8);
            reader.Read();
            isVendors |= isType && reader.TokenType == JsonTokenType.String && !reader.ValueTextEquals("function"u8) && !reader.ValueTextEquals("custom"u8);
            reader.Skip();
        }

        return isVendors;
    }
}
