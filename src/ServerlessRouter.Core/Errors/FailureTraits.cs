namespace ServerlessRouter.Errors;

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
        FailureKind.ClientLeft => new(SameDeploymentRule.Never, false, NextModelRule.None, BreakerRule.Ignores, RouterErrorCode.ClientClosedRequest),
    };
}
