using System.Collections.Immutable;
using ServerlessRouter.Domain;

namespace ServerlessRouter.Jobs;

/// <summary>How jobs are run and how long they are remembered.</summary>
public sealed record JobOptions
{
    /// <summary>60 s: what a dead process held goes on within a minute, and two renewals may fail in that time.</summary>
    public static readonly TimeSpan DefaultItemLease = TimeSpan.FromSeconds(60);

    /// <summary>20 s: a third of the lease.</summary>
    public static readonly TimeSpan DefaultLeaseRenewal = TimeSpan.FromSeconds(20);

    /// <summary>14.5 minutes: half of what a function may run.</summary>
    public static readonly TimeSpan DefaultMaxTryTime = TimeSpan.FromMinutes(14.5);

    /// <summary>30 s: time to write an answer of some megabytes to slow storage.</summary>
    public static readonly TimeSpan DefaultTryMargin = TimeSpan.FromSeconds(30);

    /// <summary>12 tries: about 37 minutes with the waits between them.</summary>
    public const int DefaultMaxTries = 12;

    /// <summary>2 s: most bursts that a vendor refuses are over by then.</summary>
    public static readonly TimeSpan DefaultFirstBackoff = TimeSpan.FromSeconds(2);

    /// <summary>10 minutes: what has recovered is asked again that soon.</summary>
    public static readonly TimeSpan DefaultMaxBackoff = TimeSpan.FromMinutes(10);

    /// <summary>8 faults: about 9 minutes with the waits between them.</summary>
    public const int DefaultMaxFaults = 8;

    /// <summary>60 faults: about 9 hours with the waits between them, so that a receiver may be mended in the morning.</summary>
    public const int DefaultMaxTellingFaults = 60;

    /// <summary>5 minutes: an outage of an hour costs twelve looks.</summary>
    public static readonly TimeSpan DefaultOutageRecheck = TimeSpan.FromMinutes(5);

    /// <summary>1 hour: longer than any wait between faults in a row.</summary>
    public static readonly TimeSpan DefaultFaultMemory = TimeSpan.FromHours(1);

    /// <summary>20 s: as often as leases are renewed.</summary>
    public static readonly TimeSpan DefaultTakenRecheck = TimeSpan.FromSeconds(20);

    /// <summary>5 s: a call that no one wants any more costs little more.</summary>
    public static readonly TimeSpan DefaultTakenBackRecheck = TimeSpan.FromSeconds(5);

    /// <summary>20 s: a configuration that was made active is everywhere within 5 s.</summary>
    public static readonly TimeSpan DefaultUnconfiguredRecheck = TimeSpan.FromSeconds(20);

    /// <summary>2 s: fresh to a person who looks, and one write for the many items that end in that time.</summary>
    public static readonly TimeSpan DefaultProgressInterval = TimeSpan.FromSeconds(2);

    /// <summary>30 days: time to fetch results, and a bound on what is kept.</summary>
    public static readonly TimeSpan DefaultRetention = TimeSpan.FromDays(30);

    /// <summary>Seven waits, 12 hours in all: a receiver may be away over night.</summary>
    public static readonly ImmutableArray<TimeSpan> DefaultDeliveryWaits =
    [
        TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(10), TimeSpan.FromHours(1), TimeSpan.FromHours(3), TimeSpan.FromHours(8),
    ];

    /// <summary>1 day: clients that repeat a submission have done so by then.</summary>
    public static readonly TimeSpan DefaultSubmissionGrace = TimeSpan.FromDays(1);

    /// <summary>For how long a try has its item to itself without saying that it still works on it; what a dead process held is free by then. Default: <see cref="DefaultItemLease"/>.</summary>
    public TimeSpan ItemLease { get; init; } = DefaultItemLease;

    /// <summary>How often a try that works renews its lease. Default: <see cref="DefaultLeaseRenewal"/>.</summary>
    public TimeSpan LeaseRenewal { get; init; } = DefaultLeaseRenewal;

    /// <summary>How long one try may take before it is cancelled. Default: <see cref="DefaultMaxTryTime"/>.</summary>
    public TimeSpan MaxTryTime { get; init; } = DefaultMaxTryTime;

    /// <summary>How long before <see cref="MaxTryTime"/> the calls of a try give up by themselves, so that it can still say how it ended. Default: <see cref="DefaultTryMargin"/>.</summary>
    public TimeSpan TryMargin { get; init; } = DefaultTryMargin;

    /// <summary>Tries of an item whose failure another try may mend. Default: <see cref="DefaultMaxTries"/>.</summary>
    public int MaxTries { get; init; } = DefaultMaxTries;

    /// <summary>The wait before the second try; doubled for each further one. Default: <see cref="DefaultFirstBackoff"/>.</summary>
    public TimeSpan FirstBackoff { get; init; } = DefaultFirstBackoff;

    /// <summary>The longest wait of the router's own between tries. Default: <see cref="DefaultMaxBackoff"/>.</summary>
    public TimeSpan MaxBackoff { get; init; } = DefaultMaxBackoff;

    /// <summary>Faults of the router's own in a row, after which an item, or the job itself, is given up. Default: <see cref="DefaultMaxFaults"/>.</summary>
    public int MaxFaults { get; init; } = DefaultMaxFaults;

    /// <summary>The same for telling the end of a job and putting its output where it was asked for, which others can keep from working. Default: <see cref="DefaultMaxTellingFaults"/>.</summary>
    public int MaxTellingFaults { get; init; } = DefaultMaxTellingFaults;

    /// <summary>How soon an output that could not be put where it was asked for, because that is away, is tried again while the job's window lasts; no fault is counted. Default: <see cref="DefaultOutageRecheck"/>.</summary>
    public TimeSpan OutageRecheck { get; init; } = DefaultOutageRecheck;

    /// <summary>A fault of a job later than this after the one before begins a new row. Default: <see cref="DefaultFaultMemory"/>.</summary>
    public TimeSpan FaultMemory { get; init; } = DefaultFaultMemory;

    /// <summary>How often an item that another works on is looked at again. Default: <see cref="DefaultTakenRecheck"/>.</summary>
    public TimeSpan TakenRecheck { get; init; } = DefaultTakenRecheck;

    /// <summary>How often a call under way for a single request looks whether the request was cancelled at another instance. Default: <see cref="DefaultTakenBackRecheck"/>.</summary>
    public TimeSpan TakenBackRecheck { get; init; } = DefaultTakenBackRecheck;

    /// <summary>How soon an instance that has no configuration yet looks at an item again. Default: <see cref="DefaultUnconfiguredRecheck"/>.</summary>
    public TimeSpan UnconfiguredRecheck { get; init; } = DefaultUnconfiguredRecheck;

    /// <summary>How old the figures of a running job may be. Default: <see cref="DefaultProgressInterval"/>.</summary>
    public TimeSpan ProgressInterval { get; init; } = DefaultProgressInterval;

    /// <summary>How long jobs and files are kept, counted from when they are made; jobs from the end of their window. Default: <see cref="DefaultRetention"/>.</summary>
    public TimeSpan Retention { get; init; } = DefaultRetention;

    /// <summary>The waits between deliveries of a callback; when they are spent it is given up. Default: <see cref="DefaultDeliveryWaits"/>.</summary>
    public ImmutableArray<TimeSpan> DeliveryWaits { get; init; } = DefaultDeliveryWaits;

    private const int MaxDoublings = 16;

    /// <summary>The wait after so many faults in a row.</summary>
    internal TimeSpan BackoffAfter(int faults)
    {
        var wait = FirstBackoff * Math.Pow(2, Math.Min(faults, MaxDoublings));
        return wait < MaxBackoff ? wait : MaxBackoff;
    }

    /// <summary>How long a submission that broke off is left alone, because it may still be repeated. Default: <see cref="DefaultSubmissionGrace"/>.</summary>
    public TimeSpan SubmissionGrace { get; init; } = DefaultSubmissionGrace;

    /// <summary>These options; throws <see cref="ArgumentException"/> with everything that cannot be.</summary>
    internal JobOptions Validated()
    {
        var check = new OptionsCheck(nameof(JobOptions))
            .Wait(nameof(ItemLease), ItemLease)
            .Wait(nameof(LeaseRenewal), LeaseRenewal)
            .Below(nameof(LeaseRenewal), LeaseRenewal, nameof(ItemLease), ItemLease)
            .Wait(nameof(MaxTryTime), MaxTryTime)
            .Wait(nameof(TryMargin), TryMargin)
            .Below(nameof(TryMargin), TryMargin, nameof(MaxTryTime), MaxTryTime)
            .Count(nameof(MaxTries), MaxTries)
            .Wait(nameof(FirstBackoff), FirstBackoff)
            .Wait(nameof(MaxBackoff), MaxBackoff)
            .AtMost(nameof(FirstBackoff), FirstBackoff, nameof(MaxBackoff), MaxBackoff)
            .Count(nameof(MaxFaults), MaxFaults)
            .Count(nameof(MaxTellingFaults), MaxTellingFaults)
            .Wait(nameof(OutageRecheck), OutageRecheck)
            .Wait(nameof(FaultMemory), FaultMemory)
            .Wait(nameof(TakenRecheck), TakenRecheck)
            .Wait(nameof(TakenBackRecheck), TakenBackRecheck)
            .Wait(nameof(UnconfiguredRecheck), UnconfiguredRecheck)
            .Wait(nameof(ProgressInterval), ProgressInterval)
            .Span(nameof(Retention), Retention)
            .Wait(nameof(SubmissionGrace), SubmissionGrace);
        for (var place = 0; place < DeliveryWaits.Length; place++)
            check.Wait($"{nameof(DeliveryWaits)}[{place}]", DeliveryWaits[place]);
        check.Hold();
        return this;
    }
}
