using ServerlessRouter.Domain;
using ServerlessRouter.Errors;

namespace ServerlessRouter.Core.Tests.Dispatch;

/// <summary>One thing a scripted stream does when it is read.</summary>
internal abstract record StreamMove
{
    private StreamMove()
    {
    }

    /// <summary>A chunk without content, as vendors open with.</summary>
    public sealed record Opening : StreamMove;

    public sealed record Content(string Text) : StreamMove;

    /// <summary>A sign of life with nothing for the caller.</summary>
    public sealed record Ping : StreamMove;

    /// <summary>The chunk with the finish reason.</summary>
    public sealed record Finish : StreamMove;

    /// <summary>The vendor's usage arrives with the next chunk.</summary>
    public sealed record Reports(TokenUsage Usage) : StreamMove;

    /// <summary>Nothing comes until the read is cancelled.</summary>
    public sealed record Hangs : StreamMove;

    /// <summary>Nothing comes for a while.</summary>
    public sealed record Pauses(TimeSpan Length) : StreamMove;

    public sealed record Breaks(FailureKind Kind) : StreamMove;
}
