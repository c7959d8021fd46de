namespace ServerlessRouter.Pipeline;

/// <summary>How a deployment does, for people: what its vitals say and what routing has no use for.</summary>
public sealed record DeploymentReport
{
    public required BreakerState State { get; init; }

    /// <summary>How long it stays open; null where it does not, or no end is known.</summary>
    public TimeSpan? OpenFor { get; init; }

    /// <summary>Why it is not closed, as the log names it; null where it is, or not known.</summary>
    public string? Cause { get; init; }

    /// <summary>Moving average of whole calls that went well; null while unknown.</summary>
    public TimeSpan? Latency { get; init; }

    /// <summary>Moving average of the time to the first token; null while unknown.</summary>
    public TimeSpan? FirstToken { get; init; }

    /// <summary>Moving average of the answer's tokens in a second; null while unknown.</summary>
    public double? TokensPerSecond { get; init; }

    /// <summary>Calls open on this instance.</summary>
    public int InFlight { get; init; }

    /// <summary>Share of the recent calls that went well, 0..1; null while none was made.</summary>
    public double? SuccessRate { get; init; }

    /// <summary>Requests that may still be sent; null where neither the vendor nor the configuration tells.</summary>
    public CapacityLeft? Requests { get; init; }

    /// <summary>Tokens that may still be sent; null where neither the vendor nor the configuration tells.</summary>
    public CapacityLeft? Tokens { get; init; }

    /// <summary>The instance that tries it, or may next; null where none does.</summary>
    public string? ProbedBy { get; init; }

    /// <summary>What vitals alone tell.</summary>
    public static DeploymentReport Of(in DeploymentVitals vitals) => new()
    {
        State = vitals.IsCallable ? BreakerState.Closed : BreakerState.Open,
        OpenFor = vitals.OpenForSeconds > 0 ? TimeSpan.FromSeconds(vitals.OpenForSeconds) : null,
        FirstToken = vitals.FirstTokenSeconds > 0 ? TimeSpan.FromSeconds(vitals.FirstTokenSeconds) : null,
        TokensPerSecond = vitals.TokensPerSecond > 0 ? vitals.TokensPerSecond : null,
        InFlight = vitals.InFlight,
    };
}

/// <summary>Whether calls are let through.</summary>
public enum BreakerState
{
    /// <summary>All are.</summary>
    Closed,

    /// <summary>None is.</summary>
    Open,

    /// <summary>One is tried at a time.</summary>
    HalfOpen,
}

/// <summary>How much of a capacity is left.</summary>
/// <param name="Amount">So many.</param>
/// <param name="ResetsIn">When it is whole again; null where that is not known.</param>
public readonly record struct CapacityLeft(long Amount, TimeSpan? ResetsIn);
