using System.Globalization;
using ServerlessRouter.State;

namespace ServerlessRouter.Recording.Usage;

/// <summary>Where packed usage stands in the table store.</summary>
/// <remarks>
/// <code>
/// usagepages   MONTH | s.DDHH.MM.WRITER     what one writer used in five minutes; it alone writes it, and no one moves it
///                    | x.DDHH               an hour that was written to after its end: its sums may lack something
///                    | h.VIEW.DDHH.PAGE     sums of an hour, by the dimensions of a view
///                    | d.VIEW.DD.PAGE       sums of a day
///                    | m.VIEW.PAGE          sums of the month
///              late  | MONTHDDHH.WRITER     what came after its hour's rows were given up; it counts as it stands
///              state | rolled               up to where sums are made, and up to where rows of five minutes are given up
/// </code>
/// Sums are functions of the rows below them: months of days, days of hours, hours of the rows that writers wrote.
/// </remarks>
internal static class UsageShelf
{
    public const string Table = "usagepages";

    public const string StatePartition = "state";
    public const string RolledRow = "rolled";
    public const string LatePartition = "late";

    public const char Hour = 'h';
    public const char Day = 'd';
    public const char Month = 'm';

    /// <summary>Minutes that one row of a writer tells of.</summary>
    public const int SlotMinutes = 5;

    private const string MonthFormat = "yyyyMM";
    private const string TimeFormat = "yyyyMMddHH";

    public static string Partition(DateTimeOffset time) => time.UtcDateTime.ToString(MonthFormat, CultureInfo.InvariantCulture);

    public static DateTimeOffset MonthOf(DateTimeOffset time) => new(time.UtcDateTime.Year, time.UtcDateTime.Month, 1, 0, 0, 0, TimeSpan.Zero);

    public static DateTimeOffset SlotOf(DateTimeOffset time) => UsageTables.HourOf(time).AddMinutes(time.UtcDateTime.Minute / SlotMinutes * SlotMinutes);

    public static string SourceKey(DateTimeOffset slot, string writer) => $"s.{Date(slot, "ddHH.mm")}.{writer}";

    public static string StaleKey(DateTimeOffset hour) => $"x.{Date(hour, "ddHH")}";

    public static string LateKey(DateTimeOffset hour, string writer) => $"{Date(hour, TimeFormat)}.{writer}";

    /// <summary>The rows of a sum but for the number of the page.</summary>
    public static string SumKey(char kind, UsageView view, DateTimeOffset start) => kind switch
    {
        Hour => $"{kind}.{view.Name}.{Date(start, "ddHH")}.",
        Day => $"{kind}.{view.Name}.{Date(start, "dd")}.",
        _ => $"{kind}.{view.Name}.",
    };

    /// <summary>The sums of a kind that begin in a span, which lies in one month.</summary>
    public static TableKeyRange SumsIn(char kind, UsageView view, DateTimeOffset from, DateTimeOffset to)
    {
        var first = SumKey(kind, view, from);
        return MonthOf(to) == MonthOf(from) ? TableKeyRange.Between(first, SumKey(kind, view, to)) : TableKeyRange.Between(first, $"{kind}.{view.Name}/");
    }

    /// <summary>The rows of writers in a span, which lies in one month.</summary>
    public static TableKeyRange SourcesIn(DateTimeOffset from, DateTimeOffset to) =>
        TableKeyRange.Between($"s.{Date(from, "ddHH.mm")}.", MonthOf(to) == MonthOf(from) ? $"s.{Date(to, "ddHH.mm")}." : "s/");

    public static TableKeyRange Stale { get; } = TableKeyRange.Prefix("x.");

    /// <summary>The marks of a span, which lies in one month.</summary>
    public static TableKeyRange StaleBefore(DateTimeOffset from, DateTimeOffset to) => TableKeyRange.Between("x.", MonthOf(to) == MonthOf(from) ? StaleKey(to) : "x/");

    /// <summary>Every month that lies before the day's.</summary>
    public static TableKeyRange MonthsBefore(DateTimeOffset day) => TableKeyRange.EndingBefore(Partition(day));

    public static TableKeyRange LateIn(DateTimeOffset from, DateTimeOffset to) => TableKeyRange.Between(Date(from, TimeFormat), Date(to, TimeFormat));

    /// <summary>The beginning of the span that a sum or a writer's row tells of.</summary>
    public static DateTimeOffset StartOf(TableEntity row)
    {
        if (row.PartitionKey == LatePartition)
            return Parse(row.RowKey.AsSpan(0, TimeFormat.Length), TimeFormat);
        var parts = row.RowKey.Split('.');
        return parts[0] switch
        {
            "s" => Parse($"{row.PartitionKey}{parts[1]}{parts[2]}", "yyyyMMddHHmm"),
            "x" => Parse($"{row.PartitionKey}{parts[1]}", TimeFormat),
            "h" => Parse($"{row.PartitionKey}{parts[2]}", TimeFormat),
            "d" => Parse($"{row.PartitionKey}{parts[2]}", "yyyyMMdd"),
            _ => Parse(row.PartitionKey, MonthFormat),
        };
    }

    /// <summary>The parts of a span that lie in one month each.</summary>
    public static IEnumerable<(DateTimeOffset From, DateTimeOffset To)> ByMonth(DateTimeOffset from, DateTimeOffset to)
    {
        while (from < to)
        {
            var next = MonthOf(from).AddMonths(1);
            yield return (from, next < to ? next : to);
            from = next;
        }
    }

    private static string Date(DateTimeOffset time, string format) => time.UtcDateTime.ToString(format, CultureInfo.InvariantCulture);

    private static DateTimeOffset Parse(ReadOnlySpan<char> text, string format) => new(DateTime.ParseExact(text, format, CultureInfo.InvariantCulture, DateTimeStyles.None), TimeSpan.Zero);
}
