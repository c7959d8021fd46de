using ServerlessRouter.Errors;

namespace ServerlessRouter.Chat;

/// <summary>What a request came to: exactly one of these. The receiver disposes what it holds.</summary>
public abstract record ChatOutcome
{
    private ChatOutcome()
    {
    }

    /// <summary>A whole answer.</summary>
    public sealed record Completed(ChatAnswer Answer) : ChatOutcome;

    /// <summary>A stream that has reached its commit point.</summary>
    public sealed record Streaming(ChatStream Stream) : ChatOutcome;

    /// <summary>No answer.</summary>
    public sealed record Failed(RouterError Error) : ChatOutcome;

    /// <summary>Nothing yet: one step of a request that is answered in several is done, and another follows.</summary>
    public sealed record Unfinished : ChatOutcome
    {
        public static readonly Unfinished Instance = new();
    }
}
