using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using ServerlessRouter.Errors;
using ServerlessRouter.Json;

namespace ServerlessRouter.Chat;

/// <summary>Reads a request that is only explained, of whichever kind it is: one with <c>input</c> and no <c>messages</c> is for embeddings, every other a chat.</summary>
public static class ExplainedRequestScanner
{
    /// <summary>A <see cref="RequestScanner"/>.</summary>
    public static bool TryScan(
        byte[] pooled, int length, string? modelInPath, [NotNullWhen(true)] out ChatRequest? request, [NotNullWhen(false)] out RouterError? error) =>
        IsForEmbeddings(pooled.AsSpan(0, length))
            ? EmbeddingsRequestScanner.TryScan(pooled, length, modelInPath, out request, out error)
            : ChatRequestScanner.TryScan(pooled, length, modelInPath, out request, out error);

    private static bool IsForEmbeddings(ReadOnlySpan<byte> body)
    {
        var hasInput = false;
        var reader = new JsonTokenReader(body, ChatRequestScanner.MaxDepth);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                return false;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals("messages"u8))
                    return false;
                hasInput |= reader.ValueTextEquals("input"u8);
                reader.Read();
                reader.Skip();
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // The scan says what is wrong with it.
            return false;
        }

        return hasInput;
    }
}
