using System.Globalization;
using ServerlessRouter.State;

namespace ServerlessRouter.Recording.Usage;

/// <summary>Where earlier versions put usage in the table store; <see cref="UsageShelf"/> says where it stands now.</summary>
/// <remarks>
/// <code>
/// usage   DAY.SHARD | a                      changes whenever rows of the partition move, so that a reader of several pages notices
///                   | d.DIMENSIONS           the day, as far as it is rolled up
///                   | h.HOUR.DIMENSIONS      an hour that is not in its day's row yet
///                   | i.HOUR.DIMENSIONS.WHO  what one writer adds to an hour; in no other row yet
///                   | p.HOUR.DIMENSIONS      an hour that is in its day's row, kept to be told by the hour
///                   | q.HOUR.DIMENSIONS.WHO  what one writer added to an hour and an hour's row holds, kept for that writer to find
/// </code>
/// By the day counts d + h + i, by the hour h + i + p. All moves stay in one partition, so each is one transaction.
/// </remarks>
internal static class UsageTables
{
    public const string Usage = "usage";

    public const string ChangeRow = "a";
    public const char Change = 'a';
    public const char Day = 'd';
    public const char Hour = 'h';
    public const char Part = 'i';
    public const char PastHour = 'p';
    public const char TakenPart = 'q';

    /// <summary>A day's partitions; dimensions are spread over them.</summary>
    public const int Shards = 4;

    private const string DayFormat = "yyyyMMdd";

    /// <summary>The change row and those that count by the day.</summary>
    public static TableKeyRange ReadByDay { get; } = TableKeyRange.Between("a", "j");

    /// <summary>The change row and those that count by the hour, with the few of the day between them.</summary>
    public static TableKeyRange ReadByHour { get; } = TableKeyRange.Between("a", "q");

    /// <summary>Rows that may have to be moved.</summary>
    public static TableKeyRange Unfinished { get; } = TableKeyRange.Between("h", "j");

    public static TableKeyRange PastHours { get; } = TableKeyRange.Prefix("p.");

    public static TableKeyRange TakenParts { get; } = TableKeyRange.Prefix("q.");

    public static string Partition(DateTimeOffset hour, string hash) => Partition(hour, Convert.ToInt32(hash[..1], 16) % Shards);

    public static string Partition(DateTimeOffset day, int shard) => string.Create(CultureInfo.InvariantCulture, $"{Date(day)}.{shard}");

    /// <summary>Every partition of days before this one.</summary>
    public static TableKeyRange Before(DateTimeOffset day) => TableKeyRange.EndingBefore(Date(day));

    /// <summary>The partitions of the days that a span lies in.</summary>
    public static TableKeyRange Days(DateTimeOffset from, DateTimeOffset to) => TableKeyRange.Between(Date(from), Date(DayOf(to.AddTicks(-1)).AddDays(1)));

    public static string DayKey(string hash) => $"{Day}.{hash}";

    public static string HourKey(char kind, DateTimeOffset hour, string hash) => string.Create(CultureInfo.InvariantCulture, $"{kind}.{hour.UtcDateTime.Hour:D2}.{hash}");

    public static string PartKey(char kind, DateTimeOffset hour, string hash, string writer) => $"{HourKey(kind, hour, hash)}.{writer}";

    /// <summary>Noon and midnight alike: the beginning of the UTC hour.</summary>
    public static DateTimeOffset HourOf(DateTimeOffset time) => new(time.UtcDateTime.Date.AddHours(time.UtcDateTime.Hour), TimeSpan.Zero);

    /// <summary>The beginning of the UTC day.</summary>
    public static DateTimeOffset DayOf(DateTimeOffset time) => new(time.UtcDateTime.Date, TimeSpan.Zero);

    /// <summary>The hour a row tells of; midnight for a day's row.</summary>
    public static DateTimeOffset HourOf(TableEntity row)
    {
        var day = new DateTimeOffset(DateTime.ParseExact(row.PartitionKey.AsSpan(0, DayFormat.Length), DayFormat, CultureInfo.InvariantCulture, DateTimeStyles.None), TimeSpan.Zero);
        return row.RowKey[0] == Day ? day : day.AddHours(int.Parse(row.RowKey.AsSpan(2, 2), NumberStyles.None, CultureInfo.InvariantCulture));
    }

    private static string Date(DateTimeOffset day) => day.UtcDateTime.ToString(DayFormat, CultureInfo.InvariantCulture);
}
