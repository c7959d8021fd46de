using ServerlessRouter.Domain;
using ServerlessRouter.State;

namespace ServerlessRouter.Recording.Usage;

/// <summary>How usage is written down and how long it is told apart by the hour.</summary>
public sealed record UsageOptions
{
    /// <summary>5 s: little is lost by a kill, and a busy row is written twelve times in a minute at most.</summary>
    public static readonly TimeSpan DefaultFlushInterval = TimeSpan.FromSeconds(5);

    /// <summary>30 s: several calls to a store that is slow but not away.</summary>
    public static readonly TimeSpan DefaultFlushTimeout = TimeSpan.FromSeconds(30);

    /// <summary>15 minutes: an hour is rolled up soon after its end.</summary>
    public static readonly TimeSpan DefaultRollUpInterval = TimeSpan.FromMinutes(15);

    /// <summary>10 minutes: shorter than the interval, so that roll-ups do not meet.</summary>
    public static readonly TimeSpan DefaultRollUpTimeout = TimeSpan.FromMinutes(10);

    /// <summary>5 minutes: many times as long as an instance keeps counters to itself.</summary>
    public static readonly TimeSpan DefaultHourGrace = TimeSpan.FromMinutes(5);

    /// <summary>2 hours: the last hour of the day is rolled up by then.</summary>
    public static readonly TimeSpan DefaultDayGrace = TimeSpan.FromHours(2);

    /// <summary>7 days: an instance that lost its store for a weekend still counts.</summary>
    public const int DefaultRollUpDays = 7;

    /// <summary>2 days: long enough to look into what went wrong last night.</summary>
    public const int DefaultMinuteDays = 2;

    /// <summary>35 days: a month and what is left to look at it.</summary>
    public const int DefaultHourlyDays = 35;

    /// <summary>8 readings: several people at once, each with one call for each shard of a day.</summary>
    public const int DefaultMaxReadings = 8;

    /// <summary>2 s: a person who waits does not notice, and a crowd is told soon.</summary>
    public static readonly TimeSpan DefaultPlacePatience = TimeSpan.FromSeconds(2);

    /// <summary>6 times: with the pauses between them about 6 s, longer than one round of writing usually takes.</summary>
    public const int DefaultMaxRereads = 6;

    /// <summary>200 ms: most changes of a row are over by then.</summary>
    public static readonly TimeSpan DefaultFirstRereadPause = TimeSpan.FromMilliseconds(200);

    /// <summary>400 days: a year, and the month it is compared with.</summary>
    public const int DefaultKeptDays = 400;

    /// <summary>For a store that is memory of one process: no write comes late.</summary>
    public static UsageOptions InMemory { get; } = new() { RollUpDays = 2, HourlyDays = 3, KeptDays = 60 };

    /// <summary>How often counters go to the store; a kill loses at most what came in since. Default: <see cref="DefaultFlushInterval"/>.</summary>
    public TimeSpan FlushInterval { get; init; } = DefaultFlushInterval;

    /// <summary>How long one round of writing may take. Default: <see cref="DefaultFlushTimeout"/>.</summary>
    public TimeSpan FlushTimeout { get; init; } = DefaultFlushTimeout;

    /// <summary>How often closed hours and days are rolled up. Default: <see cref="DefaultRollUpInterval"/>.</summary>
    public TimeSpan RollUpInterval { get; init; } = DefaultRollUpInterval;

    /// <summary>How long one roll-up may take; the next goes on where it broke off. Default: <see cref="DefaultRollUpTimeout"/>.</summary>
    public TimeSpan RollUpTimeout { get; init; } = DefaultRollUpTimeout;

    /// <summary>How long after its end an hour is left to instances that are still writing. Default: <see cref="DefaultHourGrace"/>.</summary>
    public TimeSpan HourGrace { get; init; } = DefaultHourGrace;

    /// <summary>How long after its end a day is left to its hours. Default: <see cref="DefaultDayGrace"/>.</summary>
    public TimeSpan DayGrace { get; init; } = DefaultDayGrace;

    /// <summary>Days back that are rolled up; what an instance writes later than that counts where it stands. Default: <see cref="DefaultRollUpDays"/>.</summary>
    public int RollUpDays { get; init; } = DefaultRollUpDays;

    /// <summary>Days for which usage can be told by the minute. Default: <see cref="DefaultMinuteDays"/>.</summary>
    public int MinuteDays { get; init; } = DefaultMinuteDays;

    /// <summary>Days for which usage can be told by the hour. Default: <see cref="DefaultHourlyDays"/>.</summary>
    public int HourlyDays { get; init; } = DefaultHourlyDays;

    /// <summary>Readings that may go on at a time, each with a call to the store for each shard of a day. Default: <see cref="DefaultMaxReadings"/>.</summary>
    public int MaxReadings { get; init; } = DefaultMaxReadings;

    /// <summary>How long a reading waits for others to end. Default: <see cref="DefaultPlacePatience"/>.</summary>
    public TimeSpan ReadPatience { get; init; } = DefaultPlacePatience;

    /// <summary>Rows that are asked of the store at a time. Default: 1000, the most it gives.</summary>
    public int PageSize { get; init; } = TableQuery.DefaultPageSize;

    /// <summary>How often a partition whose rows move meanwhile is read. Default: <see cref="DefaultMaxRereads"/>.</summary>
    public int MaxRereads { get; init; } = DefaultMaxRereads;

    /// <summary>How long after the first of them the second comes; each later pause is twice as long. Default: <see cref="DefaultFirstRereadPause"/>.</summary>
    public TimeSpan FirstRereadPause { get; init; } = DefaultFirstRereadPause;

    /// <summary>Days for which usage is kept at all. Default: <see cref="DefaultKeptDays"/>.</summary>
    public int KeptDays { get; init; } = DefaultKeptDays;

    /// <summary>These options; throws <see cref="ArgumentException"/> with everything that cannot be.</summary>
    internal UsageOptions Validated()
    {
        new OptionsCheck(nameof(UsageOptions))
            .Wait(nameof(FlushInterval), FlushInterval)
            .Wait(nameof(FlushTimeout), FlushTimeout)
            .Wait(nameof(RollUpInterval), RollUpInterval)
            .Wait(nameof(RollUpTimeout), RollUpTimeout)
            .Span(nameof(HourGrace), HourGrace)
            .Span(nameof(DayGrace), DayGrace)
            .Count(nameof(RollUpDays), RollUpDays)
            .Count(nameof(MinuteDays), MinuteDays)
            .Count(nameof(HourlyDays), HourlyDays)
            .Count(nameof(KeptDays), KeptDays)
            .AtMost(nameof(MinuteDays), MinuteDays, nameof(RollUpDays), RollUpDays)
            .AtMost(nameof(RollUpDays), RollUpDays, nameof(HourlyDays), HourlyDays)
            .AtMost(nameof(HourlyDays), HourlyDays, nameof(KeptDays), KeptDays)
            .Count(nameof(MaxReadings), MaxReadings)
            .Wait(nameof(ReadPatience), ReadPatience)
            .Count(nameof(PageSize), PageSize, max: TableLimits.PageSize)
            .Count(nameof(MaxRereads), MaxRereads)
            .Wait(nameof(FirstRereadPause), FirstRereadPause)
            .Hold();
        return this;
    }
}
