using System.Globalization;
using Microsoft.AspNetCore.Http;
using ServerlessRouter.Errors;
using ServerlessRouter.Http.Wire;
using ServerlessRouter.Recording.Usage;

namespace ServerlessRouter.Http.Usage;

/// <summary>Reads <c>from</c> and <c>to</c>, which must be the beginnings of spans that usage is told by.</summary>
internal static class UsageSpanReader
{
    private const int DefaultDays = 30;

    /// <summary>What is asked for ends today at the latest: what comes is not known.</summary>
    public static RouterError? Read(HttpRequest request, UsageReader usage, UsageBucket bucket, out DateTimeOffset from, out DateTimeOffset to)
    {
        (from, to) = (default, default);
        if (ReadTime(request, "from", usage, bucket, out var start) is { } badStart)
            return badStart;
        if (ReadTime(request, "to", usage, bucket, out var end) is { } badEnd)
            return badEnd;
        if (start >= end)
            return RouterError.InvalidRequest("'from' must be before 'to', which is not part of what is asked for.", "from");
        var (tomorrow, keptDays) = (usage.Today.AddDays(1), KeptDays(usage, bucket));
        var oldest = usage.Today.AddDays(-keptDays);
        var told = $"usage is told by the {SpanName(bucket)} for {keptDays} days";
        if (end <= oldest)
            return RouterError.InvalidRequest(string.Create(CultureInfo.InvariantCulture, $"'to' must be after {oldest:yyyy-MM-dd}: {told}."), "to");
        if (start < oldest)
            return RouterError.InvalidRequest($"'from' may be at most {keptDays} days back: {told}.", "from");
        to = end ?? DefaultEnd(usage, bucket);
        to = to < tomorrow ? to : tomorrow;
        from = start ?? to - DefaultSpan(bucket);
        from = from > oldest ? from : oldest;
        return null;
    }

    private static RouterError? ReadTime(HttpRequest request, string name, UsageReader usage, UsageBucket bucket, out DateTimeOffset? time)
    {
        time = null;
        if (QueryParameters.Text(request, name) is not { } written)
            return null;
        if (!QueryParameters.TryParseTime(written, out var read))
            return QueryParameters.NoTime(name);
        if (Finest(usage, bucket, read) is { } wrong)
            return RouterError.InvalidRequest($"'{name}' {wrong}", name);
        time = read;
        return null;
    }

    /// <summary>What is wrong with a time that is not the beginning of a span; null where it is one.</summary>
    private static string? Finest(UsageReader usage, UsageBucket bucket, DateTimeOffset time)
    {
        if (time.TimeOfDay == TimeSpan.Zero)
            return null;
        var isHour = time.TimeOfDay.Ticks % TimeSpan.TicksPerHour == 0;
        if (bucket == UsageBucket.Day)
            return "must be the beginning of a UTC day, such as 2026-01-31. For parts of a day add hour to 'group_by'.";
        if (time.TimeOfDay.Ticks % TimeSpan.TicksPerMinute != 0)
            return "must be the beginning of a UTC minute, such as 2026-01-31T15:04:00Z.";
        if (!isHour && bucket == UsageBucket.Hour)
            return "must be the beginning of a UTC hour, such as 2026-01-31T15:00:00Z.";
        if (bucket != UsageBucket.Window)
            return null;
        var days = isHour ? usage.HourlyDays : usage.MinuteDays;
        return time >= usage.Today.AddDays(-days)
            ? null
            : $"must be the beginning of a UTC {(isHour ? "day" : "hour")}: usage is told by the {(isHour ? "hour" : "minute")} for {days} days.";
    }

    private static int KeptDays(UsageReader usage, UsageBucket bucket) => bucket switch
    {
        UsageBucket.Minute => usage.MinuteDays,
        UsageBucket.Hour => usage.HourlyDays,
        UsageBucket.Day or UsageBucket.Window => usage.KeptDays,
    };

    private static string SpanName(UsageBucket bucket) => bucket switch
    {
        UsageBucket.Minute => "minute",
        UsageBucket.Hour => "hour",
        UsageBucket.Day or UsageBucket.Window => "day",
    };

    private static DateTimeOffset DefaultEnd(UsageReader usage, UsageBucket bucket) => bucket switch
    {
        UsageBucket.Minute => usage.ThisHour.AddMinutes(usage.Now.UtcDateTime.Minute + 1),
        UsageBucket.Hour => usage.ThisHour.AddHours(1),
        UsageBucket.Day or UsageBucket.Window => usage.Today.AddDays(1),
    };

    private static TimeSpan DefaultSpan(UsageBucket bucket) => bucket switch
    {
        UsageBucket.Minute => TimeSpan.FromHours(1),
        UsageBucket.Hour => TimeSpan.FromDays(1),
        UsageBucket.Day or UsageBucket.Window => TimeSpan.FromDays(DefaultDays),
    };
}
