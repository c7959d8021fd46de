using System.Buffers;
using System.Text.Json;
using ServerlessRouter.Chat;
using ServerlessRouter.Domain;
using ServerlessRouter.Json;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Providers.Failures;

namespace ServerlessRouter.Providers.OpenAI;

/// <summary>Reads a whole answer of the embeddings API, and tells vectors from pages, errors and nothing at all behind a 200.</summary>
internal static class OpenAIEmbeddingsAnswer
{
    /// <summary>Takes over <paramref name="pooled"/>, an array of the shared pool.</summary>
    public static AttemptResult Read(byte[] pooled, int length)
    {
        var isWhole = TryRead(pooled.AsSpan(0, length), out var hasData, out var usage, out var error);
        if (isWhole && hasData && error.IsEmpty)
            return new ChatAnswer(pooled, length) { Usage = usage };

        var failure = error.IsEmpty
            ? UpstreamFailures.CutBeforeCommit(length == 0 ? "The provider's answer was empty." : "The provider's answer was no list of embeddings.")
            : UpstreamFailures.OfErrorInside(VendorError.OfObject(pooled.AsMemory(error.Start, error.Length)));
        ArrayPool<byte>.Shared.Return(pooled);
        return failure with { Usage = usage };
    }

    private static bool TryRead(ReadOnlySpan<byte> json, out bool hasData, out TokenUsage? usage, out JsonRange error)
    {
        (hasData, usage, error) = (false, null, default);
        var reader = new JsonTokenReader(json);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                return false;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var (isData, isUsage, isError) = (reader.ValueTextEquals("data"u8), reader.ValueTextEquals("usage"u8), reader.ValueTextEquals("error"u8));
                reader.Read();
                var (start, kind) = (reader.TokenStartIndex, reader.TokenType);
                if (isUsage && kind == JsonTokenType.StartObject)
                    usage = OpenAIUsageReader.Read(ref reader);
                else
                    reader.Skip();
                var range = new JsonRange(start, reader.BytesConsumed - start);
                hasData |= isData && kind == JsonTokenType.StartArray && range.Length > "[]".Length;
                if (isError && kind is (JsonTokenType.StartObject or JsonTokenType.String))
                    error = range;
            }

            return reader.TokenType == JsonTokenType.EndObject && !reader.Read();
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // The second is a name with broken escapes.
            return false;
        }
    }
}
