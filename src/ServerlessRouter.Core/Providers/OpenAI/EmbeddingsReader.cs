using System.Buffers;
using System.Text.Json;
using ServerlessRouter.Chat;
using ServerlessRouter.Json;

namespace ServerlessRouter.Providers.OpenAI;

/// <summary>Finds the vectors of an answer and measures them.</summary>
internal static class EmbeddingsReader
{
    private const string NoVector = "The provider's answer has no vector where one belongs.";
    private const string NotFinite = "The provider's answer has a vector with numbers that are none.";

    /// <summary>What is wrong with an answer that is valid JSON, or null. <paramref name="data"/> is where the array of vectors stands.</summary>
    public static string? Read(ReadOnlySpan<byte> body, List<WrittenVector> found, out JsonRange data)
    {
        data = default;
        try
        {
            return ReadAll(body, found, ref data);
        }
        catch (InvalidOperationException)
        {
            // A name with broken escapes.
            return NoVector;
        }
    }

    private static string? ReadAll(ReadOnlySpan<byte> body, List<WrittenVector> found, ref JsonRange data)
    {
        var reader = new JsonTokenReader(body);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isData = reader.ValueTextEquals("data"u8);
            reader.Read();
            if (!isData || reader.TokenType != JsonTokenType.StartArray)
            {
                reader.Skip();
                continue;
            }

            // A later one of the same name wins, as it does for every client.
            found.Clear();
            var start = reader.TokenStartIndex;
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                if (ReadItem(ref reader, found) is { } odd)
                    return odd;
            }

            data = new JsonRange(start, reader.BytesConsumed - start);
        }

        return found.Count == 0 ? NoVector : null;
    }

    private static string? ReadItem(ref JsonTokenReader reader, List<WrittenVector> found)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
            return NoVector;
        WrittenVector? vector = null;
        int? index = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var (isVector, isIndex) = (reader.ValueTextEquals("embedding"u8), reader.ValueTextEquals("index"u8));
            reader.Read();
            if (isVector && ReadVector(ref reader, out vector) is { } odd)
                return odd;
            if (isIndex && reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var place))
                index = place;
            if (!isVector)
                reader.Skip();
        }

        if (vector is not { Width: > 0 } whole)
            return NoVector;
        found.Add(whole with { Index = index });
        return null;
    }

    private static string? ReadVector(ref JsonTokenReader reader, out WrittenVector? vector)
    {
        vector = null;
        if (reader.TokenType == JsonTokenType.String)
            return ReadText(ref reader, out vector);
        if (reader.TokenType != JsonTokenType.StartArray)
            return NoVector;
        var (start, width) = (reader.TokenStartIndex, 0);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number || !VectorNumbers.IsFinite(reader.ValueSpan))
                return NotFinite;
            width++;
        }

        vector = new WrittenVector(new JsonRange(start, reader.BytesConsumed - start), VectorEncoding.Float, IsEscaped: false, width, Index: null);
        return null;
    }

    private static string? ReadText(ref JsonTokenReader reader, out WrittenVector? vector)
    {
        vector = new WrittenVector(new JsonRange(reader.TokenStartIndex + 1, reader.ValueSpan.Length), VectorEncoding.Base64, reader.ValueIsEscaped, Width: 0, Index: null);
        var numbers = ArrayPool<float>.Shared.Rent(VectorNumbers.MaxWidth(reader.ValueSpan));
        try
        {
            var width = VectorNumbers.Decode(reader.ValueSpan, reader.ValueIsEscaped, numbers);
            if (width < 0)
                return "The provider's answer has a vector that is no base64 of numbers in single precision.";
            vector = vector.Value with { Width = width };
            foreach (var number in numbers.AsSpan(0, width))
            {
                if (!float.IsFinite(number))
                    return NotFinite;
            }

            return null;
        }
        finally
        {
            ArrayPool<float>.Shared.Return(numbers);
        }
    }
}

/// <summary>One vector of an answer, as it stands there.</summary>
/// <param name="Value">The array or the string, without its quotes.</param>
/// <param name="Encoding">Which of them it is.</param>
/// <param name="IsEscaped">The string has escapes.</param>
/// <param name="Width">How many numbers there are.</param>
/// <param name="Index">Which input it belongs to, as far as the vendor says.</param>
internal readonly record struct WrittenVector(JsonRange Value, VectorEncoding Encoding, bool IsEscaped, int Width, int? Index);
