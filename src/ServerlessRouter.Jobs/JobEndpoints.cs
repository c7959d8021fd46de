using ServerlessRouter.Chat;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Jobs;

/// <summary>The paths whose requests may be answered later.</summary>
public static class JobEndpoints
{
    public const string ChatCompletions = "/v1/chat/completions";
    public const string Embeddings = "/v1/embeddings";

    /// <summary>All of them, for sentences.</summary>
    public const string Listed = $"{ChatCompletions} or {Embeddings}";

    public static bool IsKnown(string endpoint) => endpoint is ChatCompletions or Embeddings;

    /// <summary>The path at which this is asked for.</summary>
    public static string Of(AttemptOperation operation) => operation switch
    {
        AttemptOperation.Chat => ChatCompletions,
        AttemptOperation.Embeddings => Embeddings,
    };

    /// <summary>What reads the requests of a path.</summary>
    internal static RequestScanner ScannerOf(string endpoint) => endpoint == Embeddings ? EmbeddingsRequestScanner.TryScan : ChatRequestScanner.TryScan;
}
