using System.Globalization;
using ServerlessRouter.Configuration;

namespace ServerlessRouter.Governance.Leases;

/// <summary>One window of a limit: from its start up to the start of the next; the end is null where there is no next.</summary>
internal readonly record struct WindowSpan(DateTimeOffset Start, DateTimeOffset? End)
{
    private const string MinuteFormat = "yyyyMMddHHmm";

    /// <summary>The window a moment is in, by the UTC calendar.</summary>
    public static WindowSpan Of(LimitWindow window, DateTimeOffset now)
    {
        var utc = now.UtcDateTime;
        return window switch
        {
            LimitWindow.None or LimitWindow.Session => default,
            LimitWindow.Minute => From(utc.Date.AddMinutes(Math.Floor(utc.TimeOfDay.TotalMinutes)), static start => start.AddMinutes(1)),
            LimitWindow.Hour => From(utc.Date.AddHours(utc.Hour), static start => start.AddHours(1)),
            LimitWindow.Day => From(utc.Date, static start => start.AddDays(1)),
            LimitWindow.Week => From(utc.Date.AddDays(-(((int)utc.DayOfWeek + 6) % 7)), static start => start.AddDays(7)),
            LimitWindow.Month => From(utc.Date.AddDays(1 - utc.Day), static start => start.AddMonths(1)),
        };
    }

    /// <summary>Where rows of a window begin: sorted, windows of one kind are in the order of time.</summary>
    public static string Letter(LimitWindow window) => window switch
    {
        LimitWindow.None => "n",
        LimitWindow.Minute => "m",
        LimitWindow.Hour => "h",
        LimitWindow.Day => "d",
        LimitWindow.Week => "w",
        LimitWindow.Month => "y",
        LimitWindow.Session => "s",
    };

    /// <summary>A start as part of a row's key.</summary>
    public static string Write(DateTimeOffset start) => start.UtcDateTime.ToString(MinuteFormat, CultureInfo.InvariantCulture);

    public bool Contains(DateTimeOffset now) => End is not { } end || (now >= Start && now < end);

    public bool IsOver(DateTimeOffset now) => End is { } end && now >= end;

    private static WindowSpan From(DateTime start, Func<DateTime, DateTime> next) => new(new DateTimeOffset(start, TimeSpan.Zero), new DateTimeOffset(next(start), TimeSpan.Zero));
}
