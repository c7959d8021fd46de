using System.Diagnostics.CodeAnalysis;
using ServerlessRouter.Errors;

namespace ServerlessRouter.Chat;

/// <summary>Reads the body of a request for embeddings in one forward pass: counts what is to be embedded and refuses what no vendor could answer.</summary>
public static class EmbeddingsRequestScanner
{
    /// <summary>OpenAI's bound on the texts of one request.</summary>
    public const int MaxInputs = 2048;

    /// <summary>A <see cref="RequestScanner"/>.</summary>
    public static bool TryScan(
        byte[] pooled, int length, string? modelInPath, [NotNullWhen(true)] out ChatRequest? request, [NotNullWhen(false)] out RouterError? error) =>
        ChatRequestScanner.TryScan(pooled, length, modelInPath, static (request, reader, model) => new EmbeddingsRequestScan(request, reader).Run(model), out request, out error);
}
