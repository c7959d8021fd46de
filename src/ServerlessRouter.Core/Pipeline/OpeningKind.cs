namespace ServerlessRouter.Pipeline;

/// <summary>What a request may expect of the time at which a breaker lets calls through again.</summary>
public enum OpeningKind
{
    /// <summary>Little: only a person can mend it, or a probe has found the outage to last.</summary>
    Unlikely,

    /// <summary>The first guess after failures, which may have been bad luck.</summary>
    FirstGuess,

    /// <summary>A rate limit is over: a wait until then is worth while.</summary>
    RateLimitEnds,
}
