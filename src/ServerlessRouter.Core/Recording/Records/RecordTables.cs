using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ServerlessRouter.State;

namespace ServerlessRouter.Recording.Records;

/// <summary>Where records stand in the table store.</summary>
/// <remarks>
/// <code>
/// records   DAY.SHARD | r.TIME.WHO   a record; TIME counts down, so the newest comes first
///                     | i.HASH       by the hash of a request's name: the row of its latest record
/// </code>
/// A request's name decides its shard, so that a name is found by one look a day; what is past its days goes a partition at a time.
/// </remarks>
internal static class RecordTables
{
    public const string Records = "records";
    public const int Shards = 16;

    private const string DayFormat = "yyyyMMdd";
    private const string RecordPrefix = "r.";

    public static string Partition(DateTimeOffset day, string id) => Partition(day, Hash(id)[0] switch { <= '9' and var digit => digit - '0', var letter => letter - 'a' + 10 });

    public static string Partition(DateTimeOffset day, int shard) => string.Create(CultureInfo.InvariantCulture, $"{day.UtcDateTime.ToString(DayFormat, CultureInfo.InvariantCulture)}.{shard:x}");

    /// <summary>Every partition of days before this one.</summary>
    public static TableKeyRange Before(DateTimeOffset day) => TableKeyRange.EndingBefore(day.UtcDateTime.ToString(DayFormat, CultureInfo.InvariantCulture));

    public static string RecordKey(DateTimeOffset time, string writer) => $"{TimeKey(time)}.{writer}";

    public static string NameKey(string id) => $"i.{Hash(id)}";

    /// <summary>Records of this span, newest first; the end is not part.</summary>
    public static TableKeyRange Span(DateTimeOffset from, DateTimeOffset to) => TableKeyRange.Between(TimeKey(to.AddTicks(-1)), TimeKey(from.AddTicks(-1)));

    /// <summary>The beginning of the UTC day.</summary>
    public static DateTimeOffset DayOf(DateTimeOffset time) => new(time.UtcDateTime.Date, TimeSpan.Zero);

    private static string TimeKey(DateTimeOffset time) => string.Create(CultureInfo.InvariantCulture, $"{RecordPrefix}{DateTimeOffset.MaxValue.UtcTicks - time.UtcTicks:D19}");

    private static string Hash(string id) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id)));
}
