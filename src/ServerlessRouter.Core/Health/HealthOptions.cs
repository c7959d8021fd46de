using ServerlessRouter.Domain;

namespace ServerlessRouter.Health;

/// <summary>When breakers open and for how long.</summary>
public sealed record HealthOptions
{
    /// <summary>30 s: long enough for a sample at a call every few seconds, short enough that an outage does not drown in the good calls before it.</summary>
    public static readonly TimeSpan DefaultWindow = TimeSpan.FromSeconds(30);

    /// <summary>10 calls: of fewer, one unlucky call more or less decides the share.</summary>
    public const int DefaultMinimumSample = 10;

    /// <summary>Half of the calls: what answers most of them is better than nothing.</summary>
    public const double DefaultFailureShare = 0.5;

    /// <summary>5 calls: where half of all go well, so many failures in a row come by chance in 3 of 100 cases.</summary>
    public const int DefaultFailuresInRow = 5;

    /// <summary>5 s: what most restarts and broken connections take.</summary>
    public static readonly TimeSpan DefaultOutageFirst = TimeSpan.FromSeconds(5);

    /// <summary>2 minutes: what has recovered is called again that soon, and what has not costs one probe in that time.</summary>
    public static readonly TimeSpan DefaultMaxOutage = TimeSpan.FromMinutes(2);

    /// <summary>1 s: the shortest period that vendors count bursts in.</summary>
    public static readonly TimeSpan DefaultBurstFirst = TimeSpan.FromSeconds(1);

    /// <summary>2 minutes: vendors count bursts by the minute at most, and their clock may differ from ours.</summary>
    public static readonly TimeSpan DefaultMaxBurst = TimeSpan.FromMinutes(2);

    /// <summary>15 minutes: a person or a new period brings quota back, and four probes in an hour find that out.</summary>
    public static readonly TimeSpan DefaultQuota = TimeSpan.FromMinutes(15);

    /// <summary>6 hours: a vendor may say "next month", and be paid before.</summary>
    public static readonly TimeSpan DefaultMaxQuota = TimeSpan.FromHours(6);

    /// <summary>5 minutes: a person has to mend it, and one call in that time finds out that it is mended.</summary>
    public static readonly TimeSpan DefaultRefused = TimeSpan.FromMinutes(5);

    /// <summary>How far back failures are counted. Default: <see cref="DefaultWindow"/>.</summary>
    public TimeSpan Window { get; init; } = DefaultWindow;

    /// <summary>Calls inside the window below which the share of failures says nothing. Default: <see cref="DefaultMinimumSample"/>.</summary>
    public int MinimumSample { get; init; } = DefaultMinimumSample;

    /// <summary>Share of failed calls, above 0 and at most 1, at which the breaker opens. Default: <see cref="DefaultFailureShare"/>.</summary>
    public double FailureShare { get; init; } = DefaultFailureShare;

    /// <summary>Failures in a row at which the breaker opens whatever the sample, for deployments with little traffic. Default: <see cref="DefaultFailuresInRow"/>.</summary>
    public int FailuresInRow { get; init; } = DefaultFailuresInRow;

    /// <summary>How long it first stays open after an outage; doubles while probes fail. Default: <see cref="DefaultOutageFirst"/>.</summary>
    public TimeSpan OutageFirst { get; init; } = DefaultOutageFirst;

    /// <summary>The longest it stays open after an outage. Default: <see cref="DefaultMaxOutage"/>.</summary>
    public TimeSpan OutageLongest { get; init; } = DefaultMaxOutage;

    /// <summary>How long it first stays open after a burst 429 that says nothing about when; doubles. Default: <see cref="DefaultBurstFirst"/>.</summary>
    public TimeSpan BurstFirst { get; init; } = DefaultBurstFirst;

    /// <summary>The longest it stays open after a burst 429, whatever the vendor asks. Default: <see cref="DefaultMaxBurst"/>.</summary>
    public TimeSpan BurstLongest { get; init; } = DefaultMaxBurst;

    /// <summary>How long it stays open when quota or credit is used up and the vendor does not say until when. Default: <see cref="DefaultQuota"/>.</summary>
    public TimeSpan Quota { get; init; } = DefaultQuota;

    /// <summary>The longest it stays open for quota, whatever the vendor asks. Default: <see cref="DefaultMaxQuota"/>.</summary>
    public TimeSpan QuotaLongest { get; init; } = DefaultMaxQuota;

    /// <summary>How long it stays open when the credential is refused or the deployment is unknown. Default: <see cref="DefaultRefused"/>.</summary>
    public TimeSpan Refused { get; init; } = DefaultRefused;

    /// <summary>These options; throws <see cref="ArgumentException"/> with everything that cannot be.</summary>
    internal HealthOptions Validated()
    {
        new OptionsCheck(nameof(HealthOptions))
            .Wait(nameof(Window), Window)
            .Count(nameof(MinimumSample), MinimumSample)
            .Share(nameof(FailureShare), FailureShare)
            .Count(nameof(FailuresInRow), FailuresInRow)
            .Wait(nameof(OutageFirst), OutageFirst)
            .Wait(nameof(OutageLongest), OutageLongest)
            .AtMost(nameof(OutageFirst), OutageFirst, nameof(OutageLongest), OutageLongest)
            .Wait(nameof(BurstFirst), BurstFirst)
            .Wait(nameof(BurstLongest), BurstLongest)
            .AtMost(nameof(BurstFirst), BurstFirst, nameof(BurstLongest), BurstLongest)
            .Wait(nameof(Quota), Quota)
            .Wait(nameof(QuotaLongest), QuotaLongest)
            .AtMost(nameof(Quota), Quota, nameof(QuotaLongest), QuotaLongest)
            .Wait(nameof(Refused), Refused)
            .Hold();
        return this;
    }
}
