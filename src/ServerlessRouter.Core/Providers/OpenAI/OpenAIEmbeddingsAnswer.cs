using System.Buffers;
using System.Buffers.Text;
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
            return new ChatAnswer(pooled, length) { Usage = usage.Told, UsageRange = usage.Range };

        var failure = error.IsEmpty
            ? UpstreamFailures.CutBeforeCommit(length == 0 ? "The provider's answer was empty." : "The provider's answer was no list of embeddings.")
            : UpstreamFailures.OfErrorInside(VendorError.OfObject(pooled.AsMemory(error.Start, error.Length)));
        ArrayPool<byte>.Shared.Return(pooled);
        return failure with { Usage = usage.Told };
    }

    private static bool TryRead(ReadOnlySpan<byte> json, out bool hasData, out EmbeddingsUsage usage, out JsonRange error)
    {
        (hasData, usage, error) = (false, default, default);
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
                reader.Skip();
                var range = new JsonRange(start, reader.BytesConsumed - start);
                if (isUsage && kind == JsonTokenType.StartObject)
                    usage = EmbeddingsUsage.Read(json, range);
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

/// <summary>What an answer of the embeddings API says of its usage.</summary>
/// <param name="Told">The tokens read; null where the vendor counts none.</param>
/// <param name="Range">Where the usage stands, if it has the members that OpenAI's has; empty where the router has to write its own.</param>
internal readonly record struct EmbeddingsUsage(TokenUsage? Told, JsonRange Range)
{
    /// <summary>Reads the object at <paramref name="range"/>. Some vendors tell only the total, and some count nothing.</summary>
    public static EmbeddingsUsage Read(ReadOnlySpan<byte> json, JsonRange range)
    {
        var written = range.In(json);
        var reader = new JsonTokenReader(written);
        reader.Read();
        var told = OpenAIUsageReader.Read(ref reader);
        var (prompt, total) = (CountOf(written, "prompt_tokens"u8), CountOf(written, "total_tokens"u8));
        var tokens = Math.Max(told?.PromptTokens ?? 0, prompt > 0 ? prompt : total);
        // Whatever else it adds to the total, no vector is made of tokens.
        var usage = tokens > 0 ? new TokenUsage(tokens, 0) { CachedTokens = told?.CachedTokens ?? 0, ReportedCostUsd = told?.ReportedCostUsd } : (TokenUsage?)null;
        return new EmbeddingsUsage(usage, prompt > 0 && total > 0 ? range : default);
    }

    /// <summary>0 where it is no count.</summary>
    private static int CountOf(ReadOnlySpan<byte> usage, ReadOnlySpan<byte> name)
    {
        var value = JsonMemberReader.Find(usage, name).In(usage);
        return Utf8Parser.TryParse(value, out int count, out var length) && length == value.Length ? Math.Max(0, count) : 0;
    }
}
