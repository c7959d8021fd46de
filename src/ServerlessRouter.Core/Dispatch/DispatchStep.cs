using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Dispatch;

/// <summary>One decision of <see cref="DispatchCore"/>; which members mean something depends on <see cref="Kind"/>.</summary>
public readonly record struct DispatchStep
{
    public required DispatchStepKind Kind { get; init; }

    /// <summary>Attempt: position among the plan's candidates.</summary>
    public int Candidate { get; init; }

    /// <summary>Attempt: which of the model's deployments may be used.</summary>
    public DeploymentChoice Choice { get; init; }

    /// <summary>Attempt: the deployment that is asked again, or <see cref="AttemptFact.NoDeployment"/> where balancing chooses.</summary>
    public int Deployment { get; init; }

    /// <summary>Attempt: why it is made.</summary>
    public AttemptReason Reason { get; init; }

    /// <summary>Attempt: how long it may be silent (streams) or take to its whole answer (plain). Wait: how long.</summary>
    public TimeSpan Within { get; init; }

    /// <summary>Attempt: how long a stream may take to its first content although it shows signs of life.</summary>
    public TimeSpan UntilContent { get; init; }

    /// <summary>Attempt: its answer is checked before it is given, because a stronger model could be asked instead.</summary>
    public bool IsChecked { get; init; }

    /// <summary>Attempt: while it is slow, a second one at another deployment of the model is within the limits.</summary>
    public bool MayHedge { get; init; }

    /// <summary>Check: the attempt whose answer is looked at.</summary>
    public int Checked { get; init; }

    /// <summary>Accept: the attempt whose answer is given.</summary>
    public int Accepted { get; init; }

    /// <summary>Accept: why a rejected answer is given after all; null when the last attempt simply answered.</summary>
    public CascadeEnding? Ending { get; init; }

    /// <summary>GiveUp: what the caller is told.</summary>
    public RouterErrorCode Error { get; init; }

    /// <summary>GiveUp: the attempt whose failure is told, or <c>-1</c>.</summary>
    public int Blamed { get; init; }

    /// <summary>GiveUp: when another try can help; null while unknown.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>GiveUp: another try by the caller can help, so that it would not just multiply the router's own.</summary>
    public bool ShouldRetry { get; init; }
}

/// <summary>What dispatch does next.</summary>
public enum DispatchStepKind
{
    /// <summary>Make a call.</summary>
    Attempt,

    /// <summary>Let time pass, then ask again.</summary>
    Wait,

    /// <summary>Look at the answer of the last attempt before it is given.</summary>
    Check,

    /// <summary>An attempt's answer is the request's: the last one's, or one that a cascade kept back.</summary>
    Accept,

    /// <summary>Nothing more may be tried.</summary>
    GiveUp,
}
