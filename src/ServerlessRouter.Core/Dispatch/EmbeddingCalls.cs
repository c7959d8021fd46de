using System.Text.Json;
using ServerlessRouter.Chat;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Dispatch;

/// <summary>Asks the configured providers for vectors, as calls beside the request they are about.</summary>
internal sealed class EmbeddingCalls(SideAttempts attempts) : IEmbeddingSource
{
    public const string Purpose = "embedding";

    public async ValueTask<EmbeddingResult> EmbedAsync(EmbeddingCall call, CancellationToken cancellationToken)
    {
        using var request = EmbeddingRequest.Write(call.Text.Span, call.Dimensions);
        var order = new SideAttempt(call.Asker, Purpose, call.Model, request, call.Within);
        var result = await attempts.MakeAsync(order, cancellationToken).ConfigureAwait(false);
        if (result.Answer is not { } answer)
            return EmbeddingResult.Failed(result.Problem!);
        using (answer)
        {
            // Whether it is of the length asked for was looked at where it came in.
            return EmbeddingVector.TryRead(answer.Body.Span) is { } vector ? EmbeddingResult.Found(vector) : EmbeddingResult.Failed("its answer has no vector");
        }
    }
}

/// <summary>Reads the first vector of an answer in the schema of OpenAI's embeddings API.</summary>
internal static class EmbeddingVector
{
    /// <summary>Longer ones are no embeddings that a vendor offers.</summary>
    private const int MaxNumbers = 16 * 1024;

    /// <summary>Null unless it has at least one number, not too many, and all of them finite.</summary>
    public static float[]? TryRead(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        try
        {
            return TryEnterMember(ref reader, "data"u8, JsonTokenType.StartArray) && reader.Read() && reader.TokenType == JsonTokenType.StartObject
                && TryFindMember(ref reader, "embedding"u8, JsonTokenType.StartArray)
                    ? ReadNumbers(ref reader)
                    : null;
        }
        catch (Exception odd) when (odd is JsonException or InvalidOperationException)
        {
            // Not JSON, or a name with broken escapes.
            return null;
        }
    }

    private static bool TryEnterMember(ref Utf8JsonReader reader, ReadOnlySpan<byte> name, JsonTokenType kind) =>
        reader.Read() && reader.TokenType == JsonTokenType.StartObject && TryFindMember(ref reader, name, kind);

    /// <summary>From an object's opening brace to the value of a member; false when there is none of that kind.</summary>
    private static bool TryFindMember(ref Utf8JsonReader reader, ReadOnlySpan<byte> name, JsonTokenType kind)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isFound = reader.ValueTextEquals(name);
            reader.Read();
            if (isFound)
                return reader.TokenType == kind;
            reader.Skip();
        }

        return false;
    }

    private static float[]? ReadNumbers(ref Utf8JsonReader reader)
    {
        var numbers = new List<float>(1024);
        while (reader.Read() && reader.TokenType == JsonTokenType.Number)
        {
            if (numbers.Count == MaxNumbers || !reader.TryGetSingle(out var number) || !float.IsFinite(number))
                return null;
            numbers.Add(number);
        }

        return reader.TokenType == JsonTokenType.EndArray && numbers.Count > 0 ? [.. numbers] : null;
    }
}
