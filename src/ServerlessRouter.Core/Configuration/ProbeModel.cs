namespace ServerlessRouter.Configuration;

/// <summary>Whether and how often idle deployments that failed are tried again.</summary>
public sealed record ProbeModel
{
    public const double DefaultIntervalSeconds = 30;
    public const double DefaultTimeoutSeconds = 10;

    /// <summary>False: only requests try them.</summary>
    public bool IsOn { get; init; } = true;

    /// <summary>From one look to the next. Default: 30 s.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(DefaultIntervalSeconds);

    /// <summary>How long one call may take. Default: 10 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(DefaultTimeoutSeconds);
}
