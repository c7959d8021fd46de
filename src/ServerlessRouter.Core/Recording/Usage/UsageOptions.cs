using ServerlessRouter.State;

namespace ServerlessRouter.Recording.Usage;

/// <summary>How usage is written down and how long it is told apart by the hour.</summary>
public sealed record UsageOptions
{
    /// <summary>For a store that is memory of one process: no write comes late, and a row takes 1.6 KB, so 0.4 MB for dimensions that are used in every hour.</summary>
    public static UsageOptions InMemory { get; } = new() { RollUpDays = 2, HourlyDays = 3, KeptDays = 60 };

    /// <summary>How often counters go to the store; a kill loses at most what came in since. Default: 5 s.</summary>
    public TimeSpan FlushInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long one round of writing may take. Default: 30 s.</summary>
    public TimeSpan FlushTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often closed hours and days are rolled up. Default: 15 minutes.</summary>
    public TimeSpan RollUpInterval { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>How long one roll-up may take; the next goes on where it broke off. Default: 10 minutes.</summary>
    public TimeSpan RollUpTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long after its end an hour is left to instances that are still writing. Default: 5 minutes.</summary>
    public TimeSpan HourGrace { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long after its end a day is left to its hours. Default: 2 hours.</summary>
    public TimeSpan DayGrace { get; init; } = TimeSpan.FromHours(2);

    /// <summary>Days back that are rolled up; what an instance writes later than that counts where it stands. Default: 7.</summary>
    public int RollUpDays { get; init; } = 7;

    /// <summary>Days for which usage can be told by the hour. Default: 35.</summary>
    public int HourlyDays { get; init; } = 35;

    /// <summary>Readings that may go on at a time, each with a call to the store for each shard of a day. Default: 8.</summary>
    public int MostReadings { get; init; } = 8;

    /// <summary>How long a reading waits for others to end. Default: 2 s.</summary>
    public TimeSpan PlacePatience { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Rows that are asked of the store at a time. Default: 1000, the most it gives.</summary>
    public int PageSize { get; init; } = TableQuery.DefaultPageSize;

    /// <summary>How often a partition whose rows move meanwhile is read. Default: 6.</summary>
    public int MostRereads { get; init; } = 6;

    /// <summary>How long after the first of them the second comes; each later pause is twice as long. Default: 200 ms.</summary>
    public TimeSpan FirstRereadPause { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Days for which usage is kept at all. Default: 400.</summary>
    public int KeptDays { get; init; } = 400;
}
