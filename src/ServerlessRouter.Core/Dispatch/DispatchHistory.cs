using System.Collections.Immutable;
using System.Text.Json.Serialization;
using ServerlessRouter.Configuration;

namespace ServerlessRouter.Dispatch;

/// <summary>
/// Everything the dispatch decision of a request in several turns depends on but the time: small, without a word of the request, so that it can be kept and passed about.
/// The same history answers the same step to every driver.
/// </summary>
public sealed record DispatchHistory
{
    /// <summary>When the request was left to be answered; time is counted from here.</summary>
    public required DateTimeOffset Since { get; init; }

    public required ImmutableArray<DispatchCandidate> Candidates { get; init; }

    /// <summary>The route's, with the time the request has as its deadline.</summary>
    public required RouteLimits Limits { get; init; }

    public CascadeBounds? Cascade { get; init; }

    public required bool MovesOnAfterContentFilter { get; init; }

    /// <summary>An answer that is kept back is given as it is: the steps behind it fail for no reason of the request's.</summary>
    public bool GivesKept { get; init; }

    /// <summary>The longest one attempt may take.</summary>
    [JsonPropertyName("LongestAttempt")]
    public required TimeSpan MaxAttemptTime { get; init; }

    /// <summary>What attempts and side calls of all rounds have cost so far, in USD.</summary>
    public required decimal SpentUsd { get; init; }

    /// <summary>The attempts of this round that have ended, in order.</summary>
    public required ImmutableArray<AttemptFact> Attempts { get; init; }

    /// <summary>An answer of this round is kept back.</summary>
    internal bool HasKept => Attempts.Any(static fact => fact.AwaitsCheck || fact.KeptFallbackScore > 0);

    /// <summary>The next step as of this time.</summary>
    public DispatchStep Next(DateTimeOffset now) => DispatchCore.Next(new DispatchState
    {
        Candidates = Candidates.AsSpan(),
        Limits = Limits,
        Cascade = Cascade,
        GivesKept = GivesKept,
        MovesOnAfterContentFilter = MovesOnAfterContentFilter,
        MaxAttemptTime = MaxAttemptTime,
        Elapsed = now - Since,
        SpentUsd = SpentUsd,
        Attempts = Attempts.AsSpan(),
    });
}
