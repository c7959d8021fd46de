using ServerlessRouter.Configuration;

namespace ServerlessRouter.Dispatch;

/// <summary>Everything the dispatch decision depends on.</summary>
public readonly ref struct DispatchState
{
    /// <summary>The plan's candidates in order.</summary>
    public required ReadOnlySpan<DispatchCandidate> Candidates { get; init; }

    public required RouteLimits Limits { get; init; }

    /// <summary>The first candidates are the steps of a cascade; null when they are not.</summary>
    public CascadeBounds? Cascade { get; init; }

    /// <summary>An answer that is kept back is given as it is: the steps behind it fail for no reason of the request's.</summary>
    public bool GivesKept { get; init; }

    /// <summary>A second request may be sent where the first is slow.</summary>
    public bool MayHedge { get; init; }

    /// <summary>A content-filter refusal may move on to the next model.</summary>
    public bool MovesOnAfterContentFilter { get; init; }

    /// <summary>The answer is wanted in pieces, so that the first one can be waited for.</summary>
    public bool IsStream { get; init; }

    /// <summary>The longest a single attempt may take, where that is less than the request has; null bounds it by the limits alone.</summary>
    public TimeSpan? MaxAttemptTime { get; init; }

    /// <summary>Time since the request's arrival.</summary>
    public TimeSpan Elapsed { get; init; }

    /// <summary>Cost of the attempts so far, in USD.</summary>
    public decimal SpentUsd { get; init; }

    /// <summary>The attempts that have ended, in order.</summary>
    public ReadOnlySpan<AttemptFact> Attempts { get; init; }
}
