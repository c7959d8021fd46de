using System.Globalization;
using Microsoft.AspNetCore.Http;
using ServerlessRouter.Errors;
using ServerlessRouter.Http.Wire;
using ServerlessRouter.Recording.Usage;

namespace ServerlessRouter.Http.Usage;

/// <summary>Reads which usage is asked for: <c>from</c>, <c>to</c>, <c>group_by</c>, <c>key</c>, <c>route</c>, <c>model</c>, <c>limit</c>, <c>after</c>.</summary>
internal static class UsageQueryReader
{
    private const int DefaultLimit = 100;
    private const int MaxLimit = 1000;
    private const int DefaultDays = 30;

    private static readonly string[] Known = ["from", "to", "group_by", "key", "route", "model", "limit", "after"];

    /// <summary>Null and the query, or what is wrong. <paramref name="own"/> is whose usage may be seen; null for those of all callers.</summary>
    public static RouterError? Read(HttpRequest request, UsageReader usage, string? own, out UsageQuery? query)
    {
        query = null;
        if (QueryParameters.FindUnknown(request, Known) is { } unknown)
            return unknown;
        if (ReadGroups(QueryParameters.Text(request, "group_by"), out var bucket, out var groups) is { } badGroup)
            return badGroup;
        if (ReadSpan(request, usage, bucket, out var from, out var to) is { } badSpan)
            return badSpan;
        if (QueryParameters.ReadLimit(request, DefaultLimit, MaxLimit, out var limit) is { } badLimit)
            return badLimit;
        if (ReadAfter(request, from, to, out var after) is { } badPlace)
            return badPlace;
        if (QueryParameters.ReadKey(request, own, "usage", out var key) is { } badKey)
            return badKey;
        query = new UsageQuery
        {
            From = from,
            To = to,
            Bucket = bucket,
            Groups = groups,
            Key = key,
            Route = QueryParameters.Text(request, "route"),
            Model = QueryParameters.Text(request, "model"),
            Limit = limit,
            After = after,
        };
        return null;
    }

    private static RouterError? ReadGroups(string? written, out UsageBucket bucket, out UsageGroups groups)
    {
        (bucket, groups) = (UsageBucket.Day, UsageGroups.None);
        var (hasHour, hasDay) = (false, false);
        foreach (var name in written?.Split(',', StringSplitOptions.TrimEntries) ?? [])
        {
            if (name == "hour")
                (hasHour, bucket) = (true, UsageBucket.Hour);
            else if (name == "day")
                hasDay = true;
            else if (GroupOf(name) is { } group)
                groups |= group;
            else
                return RouterError.InvalidRequest("'group_by' must be names out of hour, day, key, route, model, deployment, status, with commas between them.", "group_by");
        }

        return hasHour && hasDay ? RouterError.InvalidRequest("'group_by' may name hour or day, not both.", "group_by") : null;
    }

    private static UsageGroups? GroupOf(string name) => name switch
    {
        "key" => UsageGroups.Key,
        "route" => UsageGroups.Route,
        "model" => UsageGroups.Model,
        "deployment" => UsageGroups.Deployment,
        "status" => UsageGroups.Status,
        _ => null,
    };

    /// <summary>What is asked for ends today at the latest: what comes is not known.</summary>
    private static RouterError? ReadSpan(HttpRequest request, UsageReader usage, UsageBucket bucket, out DateTimeOffset from, out DateTimeOffset to)
    {
        (from, to) = (default, default);
        if (ReadTime(request, "from", bucket, out var start) is { } badStart)
            return badStart;
        if (ReadTime(request, "to", bucket, out var end) is { } badEnd)
            return badEnd;
        var (isByHour, tomorrow) = (bucket == UsageBucket.Hour, usage.Today.AddDays(1));
        if (start >= end)
            return RouterError.InvalidRequest("'from' must be before 'to', which is not part of what is asked for.", "from");
        var keptDays = isByHour ? usage.HourlyDays : usage.KeptDays;
        var oldest = usage.Today.AddDays(-keptDays);
        var told = $"usage is told by the {(isByHour ? "hour" : "day")} for {keptDays} days";
        if (end <= oldest)
            return RouterError.InvalidRequest(string.Create(CultureInfo.InvariantCulture, $"'to' must be after {oldest:yyyy-MM-dd}: {told}."), "to");
        if (start < oldest)
            return RouterError.InvalidRequest($"'from' may be at most {keptDays} days back: {told}.", "from");
        to = end ?? (isByHour ? usage.ThisHour.AddHours(1) : tomorrow);
        to = to < tomorrow ? to : tomorrow;
        from = start ?? to.AddDays(isByHour ? -1 : -DefaultDays);
        from = from > oldest ? from : oldest;
        return null;
    }

    private static RouterError? ReadTime(HttpRequest request, string name, UsageBucket bucket, out DateTimeOffset? time)
    {
        time = null;
        if (QueryParameters.Text(request, name) is not { } written)
            return null;
        if (!QueryParameters.TryParseTime(written, out var read))
            return QueryParameters.NoTime(name);
        if (bucket == UsageBucket.Day && read.TimeOfDay != TimeSpan.Zero)
            return RouterError.InvalidRequest($"'{name}' must be the beginning of a UTC day, such as 2026-01-31. For parts of a day add hour to 'group_by'.", name);
        if (read.TimeOfDay.Ticks % TimeSpan.TicksPerHour != 0)
            return RouterError.InvalidRequest($"'{name}' must be the beginning of a UTC hour, such as 2026-01-31T15:00:00Z.", name);
        time = read;
        return null;
    }

    /// <summary>A place before a span whose beginning the caller left to the router is taken for that beginning: the span has moved on since the page before.</summary>
    private static RouterError? ReadAfter(HttpRequest request, DateTimeOffset from, DateTimeOffset to, out UsageCursor? after)
    {
        after = null;
        if (QueryParameters.Text(request, "after") is not { } written)
            return null;
        if ((after = UsageCursor.Parse(written)) is null)
            return RouterError.InvalidRequest("'after' must be the 'next' of the page before.", "after");
        return after.From >= to || (after.From < from && QueryParameters.Text(request, "from") is not null)
            ? RouterError.InvalidRequest("'after' lies outside of what 'from' and 'to' ask for. It must be the 'next' of the page before, sent with the same parameters.", "after")
            : null;
    }
}
