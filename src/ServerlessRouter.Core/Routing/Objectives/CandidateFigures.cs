using ServerlessRouter.Configuration;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Routing.Objectives;

/// <summary>What is expected of a candidate for one request.</summary>
internal readonly record struct CandidateFigures
{
    public required LanguageModel Model { get; init; }

    /// <summary>0..1.</summary>
    public required float Quality { get; init; }

    /// <summary>What grades of earlier answers added to it.</summary>
    public float Correction { get; init; }

    /// <summary>Tokens expected of the answer.</summary>
    public int OutputTokens { get; init; }

    /// <summary>Quality 0..1 at the task the caller prefers; 0 where it prefers none.</summary>
    public float QualityAtTask { get; init; }

    public required double CostUsd { get; init; }

    /// <summary>Prompt tokens expected to be read from the vendor's cache, because the model answered the conversation last.</summary>
    public int CachedTokens { get; init; }

    /// <summary>Time to the whole answer at its fastest deployment; null while unknown.</summary>
    public double? LatencySeconds { get; init; }

    /// <summary>Null while unknown.</summary>
    public float? FirstTokenSeconds { get; init; }

    /// <summary>Null while unknown.</summary>
    public float? TokensPerSecond { get; init; }

    /// <summary>One of its deployments lets calls through right now.</summary>
    public bool IsCallable { get; init; }

    /// <summary>Every deployment misses what <c>provider.preferred_*</c> asks for.</summary>
    public bool IsDeprioritised { get; init; }

    /// <summary>The candidate with its score, as plans have it.</summary>
    public PlannedCandidate Planned(in CandidateScore score, CandidateStanding standing, bool isFallback) =>
        new(Model, Quality, CostUsd, LatencySeconds, score.Value, score.Reason, isFallback)
        {
            Standing = standing,
            Correction = Correction,
            OutputTokens = OutputTokens,
            CachedTokens = CachedTokens,
            QualityAtTask = QualityAtTask,
            FirstTokenSeconds = FirstTokenSeconds,
            TokensPerSecond = TokensPerSecond,
            IsCallable = IsCallable,
        };
}

/// <summary>Where a candidate stands, and why, for people.</summary>
internal readonly record struct CandidateScore(double Value, string Reason);
