using System.Diagnostics.CodeAnalysis;
using ServerlessRouter.Chat;
using ServerlessRouter.Doors;
using ServerlessRouter.Doors.Messages;
using ServerlessRouter.Doors.Responses;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Jobs;

/// <summary>The paths whose requests may be answered later.</summary>
public static class JobEndpoints
{
    public const string ChatCompletions = "/v1/chat/completions";
    public const string Embeddings = "/v1/embeddings";

    /// <summary>Asked for in batches alone.</summary>
    public const string Responses = "/v1/responses";

    /// <summary>Asked for in batches alone.</summary>
    public const string Messages = "/v1/messages";

    /// <summary>All of them, for sentences.</summary>
    public const string Listed = $"{ChatCompletions}, {Embeddings}, {Responses} or {Messages}";

    public static bool IsKnown(string endpoint) => endpoint is ChatCompletions or Embeddings or Responses or Messages;

    /// <summary>The path at which this is asked for in OpenAI's own schema.</summary>
    public static string Of(AttemptOperation operation) => operation switch
    {
        AttemptOperation.Chat => ChatCompletions,
        AttemptOperation.Embeddings => Embeddings,
    };

    /// <summary>The door that reads the requests of a path and writes their answers; null where both are as the pipeline has them.</summary>
    internal static ApiDoor? DoorOf(string endpoint) => endpoint switch
    {
        Responses => ResponsesDoor.Instance,
        Messages => MessagesDoor.Instance,
        _ => null,
    };

    /// <summary>Reads a request of a path; what <paramref name="pooled"/> comes to is as at <see cref="ApiDoor.TryRead"/>.</summary>
    internal static bool TryRead(string endpoint, byte[] pooled, int length, [NotNullWhen(true)] out ChatRequest? request, [NotNullWhen(false)] out RouterError? error)
    {
        if (DoorOf(endpoint) is { } door)
            return door.TryRead(pooled, length, out request, out error);
        RequestScanner scan = endpoint == Embeddings ? EmbeddingsRequestScanner.TryScan : ChatRequestScanner.TryScan;
        return scan(pooled, length, modelInPath: null, out request, out error);
    }
}
