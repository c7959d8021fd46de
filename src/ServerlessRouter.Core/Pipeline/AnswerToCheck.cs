using ServerlessRouter.Chat;
using ServerlessRouter.Configuration;

namespace ServerlessRouter.Pipeline;

/// <summary>One choice of a whole answer, and what a check may know about how it came.</summary>
public sealed record AnswerToCheck
{
    /// <summary>What was asked.</summary>
    public required RequestContext Request { get; init; }

    /// <summary>The settled attempt that answered.</summary>
    public required AttemptContext Attempt { get; init; }

    public required CascadeModel Cascade { get; init; }

    public required AnswerChoice Choice { get; init; }

    /// <summary>What is left of the cascade's time.</summary>
    public TimeSpan TimeLeft { get; init; }
}
