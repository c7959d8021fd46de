using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace ServerlessRouter.Providers.Responses;

/// <summary>The event that nearly all of a stream consists of, a piece of text, read without a document where it is passed on as it came.</summary>
internal static class OutputTextDelta
{
    public const string Name = "response.output_text.delta";

    /// <summary>The numbers of the item and of its part, and the piece; false for every other event, and for one that says nothing of its place.</summary>
    public static bool TryRead(ReadOnlySpan<byte> payload, out int index, out int part, [NotNullWhen(true)] out string? piece)
    {
        (index, part, piece) = (-1, -1, null);
        var isDelta = false;
        var reader = new Utf8JsonReader(payload);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            return false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("type"u8))
            {
                if (!reader.Read() || reader.TokenType != JsonTokenType.String || !reader.ValueTextEquals("response.output_text.delta"u8))
                    return false;
                isDelta = true;
            }
            else if (reader.ValueTextEquals("output_index"u8))
            {
                if (!reader.Read() || !TryReadNumber(ref reader, out index))
                    return false;
            }
            else if (reader.ValueTextEquals("content_index"u8))
            {
                if (!reader.Read() || !TryReadNumber(ref reader, out part))
                    return false;
            }
            else if (reader.ValueTextEquals("delta"u8))
            {
                // Half of a pair of surrogates is no text by itself.
                if (!reader.Read() || reader.TokenType != JsonTokenType.String || reader.ValueIsEscaped)
                    return false;
                piece = reader.GetString();
            }
            else if (reader.ValueTextEquals("error"u8) || reader.ValueTextEquals("object"u8))
            {
                return false;
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        return isDelta && index >= 0 && part >= 0 && piece is not null && reader.TokenType == JsonTokenType.EndObject && !reader.Read();
    }

    private static bool TryReadNumber(ref Utf8JsonReader reader, out int number)
    {
        number = -1;
        return reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out number);
    }
}
