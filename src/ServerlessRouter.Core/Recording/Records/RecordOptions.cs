using ServerlessRouter.Domain;

namespace ServerlessRouter.Recording.Records;

/// <summary>How records of requests are written down and forgotten; for how many days they are kept is said by the configuration.</summary>
public sealed record RecordOptions
{
    /// <summary>5 s: little is lost by a kill, and many records go in one call.</summary>
    public static readonly TimeSpan DefaultFlushInterval = TimeSpan.FromSeconds(5);

    /// <summary>30 s: several calls to a store that is slow but not away.</summary>
    public static readonly TimeSpan DefaultFlushTimeout = TimeSpan.FromSeconds(30);

    /// <summary>1 hour: days are kept, so an hour more does not matter.</summary>
    public static readonly TimeSpan DefaultRetentionInterval = TimeSpan.FromHours(1);

    /// <summary>10 minutes: shorter than the interval, so that rounds do not meet.</summary>
    public static readonly TimeSpan DefaultRetentionTimeout = TimeSpan.FromMinutes(10);

    /// <summary>4096 records: some megabytes of memory while the store is away.</summary>
    public const int DefaultCapacity = 4096;

    /// <summary>4 readings: 64 calls at once, a quarter of what the guard of the store lets through.</summary>
    public const int DefaultMaxReadings = 4;

    /// <summary>2 s: a person who waits does not notice, and a crowd is told soon.</summary>
    public static readonly TimeSpan DefaultPlacePatience = TimeSpan.FromSeconds(2);

    /// <summary>How often records go to the store; a kill loses at most what came in since. Default: <see cref="DefaultFlushInterval"/>.</summary>
    public TimeSpan FlushInterval { get; init; } = DefaultFlushInterval;

    /// <summary>How long one round of writing may take. Default: <see cref="DefaultFlushTimeout"/>.</summary>
    public TimeSpan FlushTimeout { get; init; } = DefaultFlushTimeout;

    /// <summary>How often records past their days are deleted. Default: <see cref="DefaultRetentionInterval"/>.</summary>
    public TimeSpan RetentionInterval { get; init; } = DefaultRetentionInterval;

    /// <summary>How long one round of deleting may take; the next goes on. Default: <see cref="DefaultRetentionTimeout"/>.</summary>
    public TimeSpan RetentionTimeout { get; init; } = DefaultRetentionTimeout;

    /// <summary>Records that may wait for the store; further ones are dropped. Default: <see cref="DefaultCapacity"/>.</summary>
    public int Capacity { get; init; } = DefaultCapacity;

    /// <summary>Readings that may go on at a time, each with up to sixteen calls to the store at once. Default: <see cref="DefaultMaxReadings"/>.</summary>
    public int MaxReadings { get; init; } = DefaultMaxReadings;

    /// <summary>How long a reading waits for others to end. Default: <see cref="DefaultPlacePatience"/>.</summary>
    public TimeSpan ReadPatience { get; init; } = DefaultPlacePatience;

    /// <summary>These options; throws <see cref="ArgumentException"/> with everything that cannot be.</summary>
    internal RecordOptions Validated()
    {
        new OptionsCheck(nameof(RecordOptions))
            .Wait(nameof(FlushInterval), FlushInterval)
            .Wait(nameof(FlushTimeout), FlushTimeout)
            .Wait(nameof(RetentionInterval), RetentionInterval)
            .Wait(nameof(RetentionTimeout), RetentionTimeout)
            .Count(nameof(Capacity), Capacity)
            .Count(nameof(MaxReadings), MaxReadings)
            .Wait(nameof(ReadPatience), ReadPatience)
            .Hold();
        return this;
    }
}
