using System.Globalization;
using Microsoft.AspNetCore.Http;
using ServerlessRouter.Errors;
using ServerlessRouter.Recording.Usage;

namespace ServerlessRouter.Http.Usage;

/// <summary>Reads which usage is asked for: <c>from</c>, <c>to</c>, <c>group_by</c>, <c>key</c>, <c>route</c>, <c>model</c>, <c>limit</c>, <c>after</c>.</summary>
internal static class UsageQueryReader
{
    private const int DefaultLimit = 100;
    private const int MostLimit = 1000;
    private const int DefaultDays = 30;

    private static readonly string[] Known = ["from", "to", "group_by", "key", "route", "model", "limit", "after"];
    private static readonly string[] TimeFormats = ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];

    /// <summary>Null and the query, or what is wrong. <paramref name="own"/> is whose usage may be seen; null for everybody's.</summary>
    public static RouterError? Read(HttpRequest request, UsageReader usage, string? own, out UsageQuery? query)
    {
        query = null;
        if (request.Query.Keys.FirstOrDefault(static name => !Known.Contains(name, StringComparer.Ordinal)) is { } unknown)
            return RouterError.InvalidRequest($"'{unknown}' is none of the parameters: {string.Join(", ", Known)}.", unknown);
        if (ReadGroups(Text(request, "group_by"), out var bucket, out var groups) is { } badGroup)
            return badGroup;
        if (ReadSpan(request, usage, bucket, out var from, out var to) is { } badSpan)
            return badSpan;
        if (ReadLimit(Text(request, "limit"), out var limit) is { } badLimit)
            return badLimit;
        UsageCursor? after = null;
        if (Text(request, "after") is { } written && (after = UsageCursor.Parse(written)) is null)
            return RouterError.InvalidRequest("'after' must be the 'next' of the page before.", "after");

        var key = Text(request, "key");
        if (own is not null && key is not null && key != own)
            return new RouterError(RouterErrorCode.PermissionDenied, "A caller sees its own usage only. Leave 'key' out, or send the admin key.") { Param = "key" };
        query = new UsageQuery
        {
            From = from,
            To = to,
            Bucket = bucket,
            Groups = groups,
            Key = own ?? key,
            Route = Text(request, "route"),
            Model = Text(request, "model"),
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

    private static RouterError? ReadSpan(HttpRequest request, UsageReader usage, UsageBucket bucket, out DateTimeOffset from, out DateTimeOffset to)
    {
        from = default;
        if (ReadTime(request, "to", usage.Today.AddDays(1), out to) is { } badEnd)
            return badEnd;
        if (ReadTime(request, "from", bucket == UsageBucket.Hour ? to.AddDays(-1) : to.AddDays(-DefaultDays), out from) is { } badStart)
            return badStart;
        foreach (var (name, time) in new[] { ("from", from), ("to", to) })
        {
            if (bucket == UsageBucket.Day && time.TimeOfDay != TimeSpan.Zero)
                return RouterError.InvalidRequest($"'{name}' must be the beginning of a UTC day, such as 2026-01-31. For parts of a day add hour to 'group_by'.", name);
            if (time.Minute != 0 || time.TimeOfDay.Ticks % TimeSpan.TicksPerHour != 0)
                return RouterError.InvalidRequest($"'{name}' must be the beginning of a UTC hour, such as 2026-01-31T15:00:00Z.", name);
        }

        if (from >= to)
            return RouterError.InvalidRequest("'from' must be before 'to', which is not part of what is asked for.", "from");
        var keptDays = bucket == UsageBucket.Hour ? usage.HourlyDays : usage.KeptDays;
        return from < usage.Today.AddDays(-keptDays)
            ? RouterError.InvalidRequest($"'from' may be at most {keptDays} days back: usage is not told by the {(bucket == UsageBucket.Hour ? "hour" : "day")} for longer.", "from")
            : null;
    }

    private static RouterError? ReadTime(HttpRequest request, string name, DateTimeOffset otherwise, out DateTimeOffset time)
    {
        time = otherwise;
        return Text(request, name) is not { } written || DateTimeOffset.TryParseExact(
            written, TimeFormats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out time)
                ? null
                : RouterError.InvalidRequest($"'{name}' must be a day such as 2026-01-31 or a time such as 2026-01-31T15:00:00Z.", name);
    }

    private static RouterError? ReadLimit(string? written, out int limit)
    {
        limit = DefaultLimit;
        return written is null || (int.TryParse(written, NumberStyles.None, CultureInfo.InvariantCulture, out limit) && limit is >= 1 and <= MostLimit)
            ? null
            : RouterError.InvalidRequest($"'limit' must be a whole number from 1 to {MostLimit}.", "limit");
    }

    private static string? Text(HttpRequest request, string name) => request.Query.TryGetValue(name, out var values) ? values.ToString() : null;
}
