using System.Collections.Immutable;

namespace ServerlessRouter.Configuration;

/// <summary>A route's cascade: a cheap model answers, checks look at the answer, and a stronger model is asked only where they reject it.</summary>
public sealed class CascadeModel
{
    /// <summary>Most of an answer that is kept back to be checked.</summary>
    public const int DefaultBufferBytes = 256 * 1024;

    /// <summary>Cheapest first; every one but the last is checked.</summary>
    public required ImmutableArray<LanguageModel> Steps { get; init; }

    /// <summary>Names from <see cref="AnswerCheckNames"/>, in the order in which they are made.</summary>
    public required ImmutableArray<string> Checks { get; init; }

    /// <summary>Asked last, when every check has accepted; null asks no model.</summary>
    public JudgeModel? Judge { get; init; }

    /// <summary>Money over all steps, in USD, beyond which no further step is begun; null is unbounded.</summary>
    public decimal? CostUsd { get; init; }

    /// <summary>From arrival until a further step must have answered; null is the route's own deadline.</summary>
    public TimeSpan? Deadline { get; init; }

    /// <summary>A step whose predicted quality is below is skipped.</summary>
    public double SkipBelowQuality { get; init; }

    /// <summary>Above this difficulty only the last step is asked.</summary>
    public double SkipAboveDifficulty { get; init; } = 1;

    /// <summary>A longer answer is given as it is, without checks.</summary>
    public required int BufferBytes { get; init; }
}

/// <summary>The small model a cascade asks whether an answer is good enough.</summary>
/// <param name="Model">Who is asked.</param>
/// <param name="MinimumScore">An answer it scores lower, 0..1, is rejected.</param>
/// <param name="Timeout">How long it may take.</param>
public sealed record JudgeModel(LanguageModel Model, double MinimumScore, TimeSpan Timeout)
{
    public const double DefaultMinimumScore = 0.6;
    public const double DefaultTimeoutSeconds = 5;
}
