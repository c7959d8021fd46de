using System.Collections.Immutable;

namespace ServerlessRouter.Jobs;

/// <summary>How jobs are run and how long they are remembered.</summary>
public sealed record JobOptions
{
    /// <summary>For how long a try has its item to itself without saying that it still works on it; what a dead process held is free by then. Default: 60 s.</summary>
    public TimeSpan ItemLease { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How often a try that works renews its lease. Default: 20 s, so that one renewal may fail.</summary>
    public TimeSpan LeaseRenewal { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long one try may take before it is cancelled. Default: 14.5 minutes, half of what a function may run.</summary>
    public TimeSpan MaxTryTime { get; init; } = TimeSpan.FromMinutes(14.5);

    /// <summary>How long before <see cref="MaxTryTime"/> the calls of a try give up by themselves, so that it can still say how it ended. Default: 30 s.</summary>
    public TimeSpan TryMargin { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Tries of an item whose failure another try may mend. Default: 12.</summary>
    public int MostTries { get; init; } = 12;

    /// <summary>The wait before the second try; doubled for each further one. Default: 2 s.</summary>
    public TimeSpan FirstBackoff { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The longest wait of the router's own between tries. Default: 10 minutes.</summary>
    public TimeSpan LongestBackoff { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Faults of the router's own in a row, after which an item, or the job itself, is given up. Default: 8, about 9 minutes with the waits between them.</summary>
    public int MostFaults { get; init; } = 8;

    /// <summary>The same for telling the end of a job and putting its output where it was asked for, which others can keep from working. Default: 60, about 9 hours.</summary>
    public int MostTellingFaults { get; init; } = 60;

    /// <summary>How soon an output that could not be put where it was asked for, because that is away, is tried again while the job's window lasts; no fault is counted. Default: 5 minutes.</summary>
    public TimeSpan OutageRecheck { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>A fault of a job later than this after the one before begins a new row. Default: 1 hour.</summary>
    public TimeSpan FaultMemory { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How often an item that another works on is looked at again. Default: 20 s.</summary>
    public TimeSpan TakenRecheck { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How soon an instance that has no configuration yet looks at an item again. Default: 20 s.</summary>
    public TimeSpan UnconfiguredRecheck { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How old the figures of a running job may be. Default: 2 s.</summary>
    public TimeSpan ProgressInterval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long jobs and files are kept, counted from when they are made; jobs from the end of their window. Default: 30 days.</summary>
    public TimeSpan Retention { get; init; } = TimeSpan.FromDays(30);

    /// <summary>The waits between deliveries of a callback; when they are spent it is given up. Default: 5 s, 30 s, 2 and 10 minutes, 1, 3 and 8 hours.</summary>
    public ImmutableArray<TimeSpan> DeliveryWaits { get; init; } =
    [
        TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(10), TimeSpan.FromHours(1), TimeSpan.FromHours(3), TimeSpan.FromHours(8),
    ];

    private const int MostDoublings = 16;

    /// <summary>The wait after so many faults in a row.</summary>
    internal TimeSpan BackoffAfter(int faults)
    {
        var wait = FirstBackoff * Math.Pow(2, Math.Min(faults, MostDoublings));
        return wait < LongestBackoff ? wait : LongestBackoff;
    }

    /// <summary>How long a submission that broke off is left alone, because it may still be repeated. Default: 1 day.</summary>
    public TimeSpan SubmissionGrace { get; init; } = TimeSpan.FromDays(1);
}
