using ServerlessRouter.Chat;
using ServerlessRouter.Configuration;

namespace ServerlessRouter.Pipeline;

/// <summary>Looks at the answer of a cascade's step and says whether it may be given or a stronger model should be asked.</summary>
public interface IAnswerCheck
{
    /// <summary>One of <see cref="Configuration.AnswerCheckNames"/>.</summary>
    string Name { get; }

    /// <summary>
    /// The verdict on one choice of an answer. What a check cannot decide it accepts. The answer may be anything, of up to 16 MiB: time and memory are bounded. Throws only when
    /// <paramref name="cancellationToken"/>, the caller's own, fires.
    /// </summary>
    ValueTask<AnswerVerdict> CheckAsync(AnswerToCheck answer, CancellationToken cancellationToken);
}

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

/// <summary>What a check says of an answer.</summary>
public readonly record struct AnswerVerdict
{
    private AnswerVerdict(bool isAccepted, string? why, double fallbackScore) => (IsAccepted, Why, FallbackScore) = (isAccepted, why, fallbackScore);

    /// <summary>Nothing speaks against giving it.</summary>
    public static AnswerVerdict Accepted { get; } = new(true, null, 1);

    public bool IsAccepted { get; }

    /// <summary>What was found, in the router's own words; of an accepted answer only where there is something to say.</summary>
    public string? Why { get; }

    /// <summary>How good the answer still is should nothing better come, 0 to 1; nothing of worth 0 is ever given.</summary>
    public double FallbackScore { get; }

    /// <summary>The grade 0 to 1 that a judge who read the answer gave it; null where only rules looked or the judge could not say.</summary>
    public double? Score { get; init; }

    /// <summary>Accepted, and there is something to say of it: a score, or why nothing could be decided.</summary>
    public static AnswerVerdict AcceptedWith(string why) => new(true, why, 1);

    public static AnswerVerdict Rejected(string why, double fallbackScore) => new(false, why, fallbackScore);
}

/// <summary>A check that was made of an attempt's answer, and its verdict.</summary>
public readonly record struct CheckResult(string Check, AnswerVerdict Verdict);
