namespace ServerlessRouter.Health;

/// <summary>When breakers open and for how long.</summary>
public sealed record HealthOptions
{
    /// <summary>How far back failures are counted. Default: 30 s.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Calls inside the window below which the share of failures says nothing. Default: 10.</summary>
    public int MinimumSample { get; init; } = 10;

    /// <summary>Share of failed calls, 0..1, at which the breaker opens. Default: 0.5.</summary>
    public double FailureShare { get; init; } = 0.5;

    /// <summary>Failures in a row at which the breaker opens whatever the sample, for deployments with little traffic. Default: 5.</summary>
    public int FailuresInRow { get; init; } = 5;

    /// <summary>How long it first stays open after an outage; doubles while probes fail. Default: 5 s.</summary>
    public TimeSpan OutageFirst { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The longest it stays open after an outage. Default: 2 minutes.</summary>
    public TimeSpan OutageLongest { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How long it first stays open after a burst 429 that says nothing about when; doubles. Default: 1 s.</summary>
    public TimeSpan BurstFirst { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest it stays open after a burst 429, whatever the vendor asks. Default: 2 minutes.</summary>
    public TimeSpan BurstLongest { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How long it stays open when quota or credit is used up and the vendor does not say until when. Default: 15 minutes.</summary>
    public TimeSpan Quota { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>The longest it stays open for quota, whatever the vendor asks. Default: 6 hours.</summary>
    public TimeSpan QuotaLongest { get; init; } = TimeSpan.FromHours(6);

    /// <summary>How long it stays open when the credential is refused or the deployment is unknown. Default: 5 minutes.</summary>
    public TimeSpan Refused { get; init; } = TimeSpan.FromMinutes(5);
}
