namespace ServerlessRouter.Errors;

/// <summary>How one attempt can fail; a closed set, what follows from each stands in <see cref="FailureTraits"/>.</summary>
public enum FailureKind
{
    /// <summary>No connection, TLS failure, or a reset before the answer's headers.</summary>
    ConnectFailed,

    /// <summary>500, 502, 503 and every other status that blames neither the request nor the owner.</summary>
    ServerError,

    /// <summary>529, or a 503 that says it is overloaded.</summary>
    Overloaded,

    /// <summary>The answer broke off, or could not be understood, before its first content.</summary>
    CutBeforeCommit,

    /// <summary>The answer broke off after content had reached the caller.</summary>
    CutAfterCommit,

    /// <summary>429: too fast right now.</summary>
    RateLimited,

    /// <summary>402, or so worded: the quota or the credit is used up.</summary>
    QuotaExhausted,

    /// <summary>401, 403, or so worded with any status: the router's own credential was refused.</summary>
    CredentialRefused,

    /// <summary>404, 410, or so worded: the vendor does not know the deployment, or no longer serves it.</summary>
    DeploymentNotFound,

    /// <summary>No first token in time.</summary>
    FirstTokenTimeout,

    /// <summary>The stream stopped moving before its first content.</summary>
    Stalled,

    /// <summary>The stream stopped moving after content had reached the caller.</summary>
    StalledAfterCommit,

    /// <summary>The request's own deadline passed before the attempt had the time it may take, so the deployment is not to blame.</summary>
    DeadlinePassed,

    /// <summary>So worded, with any status: the prompt is longer than the model's context window.</summary>
    ContextLengthExceeded,

    /// <summary>So worded: the vendor's content filter refused the prompt or the answer.</summary>
    ContentFiltered,

    /// <summary>400, 422, or so worded: the request itself is at fault.</summary>
    RequestRejected,

    /// <summary>The provider cannot express the request (a feature its API lacks), or says that this deployment cannot take it; others may.</summary>
    NotExpressible,

    /// <summary>A cascade's check did not accept the answer.</summary>
    CheckFailed,

    /// <summary>A second request for the same answer was faster, so this one was cancelled.</summary>
    Outraced,

    /// <summary>No deployment of the model may be called now; nothing was sent.</summary>
    NoDeployment,

    /// <summary>The caller went away.</summary>
    ClientLeft,

    /// <summary>A question beside a request had less time than a first token may take, and took longer: nothing against the deployment's other calls.</summary>
    SideCallTimeout,

    /// <summary>The answer is larger than the router reads whole: the same model would say as much again, and bill it.</summary>
    AnswerTooLarge,

    /// <summary>No deployment of the model had room, by what is known of their capacity, for as long as a request may wait; nothing was sent.</summary>
    NoRoom,
}

/// <summary>
/// The failure table: what follows from each way an attempt can fail. A total function without a discard arm, so that a new kind
/// does not compile until every column is decided.
/// </summary>
public sealed record FailureTraits(SameDeploymentRule SameDeployment, bool TriesOtherDeployment, NextModelRule NextModel, BreakerRule Breaker, RouterErrorCode ClientCode)
{
    private static readonly FailureTraits[] All = [.. Enum.GetValues<FailureKind>().Select(Decide)];

    /// <summary>The traits of a kind.</summary>
    public static FailureTraits Of(FailureKind kind) => All[(int)kind];

    private static FailureTraits Decide(FailureKind kind) => kind switch
    {
        FailureKind.ConnectFailed => new(SameDeploymentRule.AfterBackoff, true, NextModelRule.Any, BreakerRule.Counts, RouterErrorCode.UpstreamError),
        FailureKind.ServerError => new(SameDeploymentRule.AfterBackoff, true, NextModelRule.Any, BreakerRule.Counts, RouterErrorCode.UpstreamError),
        FailureKind.Overloaded => new(SameDeploymentRule.AfterBackoff, true, NextModelRule.Any, BreakerRule.Counts, RouterErrorCode.TemporarilyUnavailable),
        FailureKind.CutBeforeCommit => new(SameDeploymentRule.AfterBackoff, true, NextModelRule.Any, BreakerRule.Counts, RouterErrorCode.UpstreamError),
        FailureKind.CutAfterCommit => new(SameDeploymentRule.Never, false, NextModelRule.None, BreakerRule.Counts, RouterErrorCode.UpstreamError),
        FailureKind.AnswerTooLarge => new(SameDeploymentRule.Never, false, NextModelRule.Any, BreakerRule.Ignores, RouterErrorCode.UpstreamError),
        FailureKind.RateLimited => new(SameDeploymentRule.AfterRetryAfter, true, NextModelRule.Any, BreakerRule.OpensForRetryAfter, RouterErrorCode.CapacityExhausted),
        FailureKind.QuotaExhausted => new(SameDeploymentRule.Never, true, NextModelRule.Any, BreakerRule.OpensLong, RouterErrorCode.TemporarilyUnavailable),
        FailureKind.CredentialRefused => new(SameDeploymentRule.Never, true, NextModelRule.Any, BreakerRule.OpensLong, RouterErrorCode.UpstreamError),
        FailureKind.DeploymentNotFound => new(SameDeploymentRule.Never, true, NextModelRule.Any, BreakerRule.OpensLong, RouterErrorCode.UpstreamError),
        FailureKind.FirstTokenTimeout => new(SameDeploymentRule.Never, true, NextModelRule.Any, BreakerRule.Counts, RouterErrorCode.Timeout),
        FailureKind.Stalled => new(SameDeploymentRule.Never, true, NextModelRule.Any, BreakerRule.Counts, RouterErrorCode.Timeout),
        FailureKind.StalledAfterCommit => new(SameDeploymentRule.Never, false, NextModelRule.None, BreakerRule.Counts, RouterErrorCode.Timeout),
        FailureKind.DeadlinePassed => new(SameDeploymentRule.Never, false, NextModelRule.None, BreakerRule.Ignores, RouterErrorCode.Timeout),
        FailureKind.SideCallTimeout => new(SameDeploymentRule.Never, false, NextModelRule.None, BreakerRule.CountsForSideCalls, RouterErrorCode.Timeout),
        FailureKind.ContextLengthExceeded => new(SameDeploymentRule.Never, false, NextModelRule.LargerWindow, BreakerRule.Ignores, RouterErrorCode.ContextLengthExceeded),
        FailureKind.ContentFiltered => new(SameDeploymentRule.Never, false, NextModelRule.IfRouteAllows, BreakerRule.Ignores, RouterErrorCode.ContentFilter),
        FailureKind.RequestRejected => new(SameDeploymentRule.Never, false, NextModelRule.None, BreakerRule.Ignores, RouterErrorCode.UpstreamRejected),
        FailureKind.NotExpressible => new(SameDeploymentRule.Never, true, NextModelRule.Any, BreakerRule.Ignores, RouterErrorCode.InvalidRequest),
        FailureKind.CheckFailed => new(SameDeploymentRule.Never, false, NextModelRule.Any, BreakerRule.Ignores, RouterErrorCode.UpstreamError),
        FailureKind.Outraced => new(SameDeploymentRule.Never, false, NextModelRule.None, BreakerRule.Ignores, RouterErrorCode.UpstreamError),
        FailureKind.NoDeployment => new(SameDeploymentRule.Never, false, NextModelRule.Any, BreakerRule.Ignores, RouterErrorCode.TemporarilyUnavailable),
        FailureKind.NoRoom => new(SameDeploymentRule.Never, false, NextModelRule.Any, BreakerRule.Ignores, RouterErrorCode.CapacityExhausted),
        FailureKind.ClientLeft => new(SameDeploymentRule.Never, false, NextModelRule.None, BreakerRule.Ignores, RouterErrorCode.ClientClosedRequest),
    };
}

/// <summary>Whether a failed deployment may be asked again for the same request.</summary>
public enum SameDeploymentRule
{
    Never,

    /// <summary>After a backoff, when the model has no other deployment.</summary>
    AfterBackoff,

    /// <summary>Only after the vendor's Retry-After, inside the deadline.</summary>
    AfterRetryAfter,
}

/// <summary>Which of the plan's further models may be tried after a failure.</summary>
public enum NextModelRule
{
    None,
    Any,

    /// <summary>Only models with a larger context window.</summary>
    LargerWindow,

    /// <summary>Only where the route says that refusals may move on.</summary>
    IfRouteAllows,
}

/// <summary>What a failure tells the deployment's breaker.</summary>
public enum BreakerRule
{
    /// <summary>Says nothing about the deployment.</summary>
    Ignores,

    /// <summary>Counts as a failure in the window.</summary>
    Counts,

    /// <summary>Counts against further side calls alone; while the breaker is not closed, a probe that ends so keeps it open.</summary>
    CountsForSideCalls,

    /// <summary>Opens at once for as long as the vendor asks.</summary>
    OpensForRetryAfter,

    /// <summary>Opens at once and for long: only a person can mend it.</summary>
    OpensLong,
}
