using System.Globalization;
using Microsoft.AspNetCore.Http;
using ServerlessRouter.Errors;
using ServerlessRouter.Http.Wire;
using ServerlessRouter.Recording.Usage;

namespace ServerlessRouter.Http.Usage;

/// <summary>Reads which usage is asked for, and in which form.</summary>
internal static class UsageQueryReader
{
    private const int DefaultLimit = 100;
    private const int MaxLimit = 1000;
    private const int MinStatus = 100;
    private const int MaxStatus = 599;

    private static readonly string[] Known =
    [
        "from", "to", "group_by", "key", "tier", "route", "model", "model_asked", "deployment", "provider", "task", "tag:NAME", "status", "limit", "after", "baseline_model", "format",
    ];

    /// <summary>Null and the query, or what is wrong. <paramref name="own"/> is whose usage may be seen; null for those of all callers.</summary>
    public static RouterError? Read(HttpRequest request, UsageReader usage, string? own, out UsageQuery? query)
    {
        query = null;
        if (FindUnknown(request) is { } unknown)
            return unknown;
        if (UsageGroupNames.Read(QueryParameters.Text(request, "group_by"), out var bucket, out var groups, out var tags) is { } badGroup)
            return badGroup;
        if (UsageSpanReader.Read(request, usage, bucket, out var from, out var to) is { } badSpan)
            return badSpan;
        if (QueryParameters.ReadLimit(request, DefaultLimit, MaxLimit, out var limit) is { } badLimit)
            return badLimit;
        if (ReadAfter(request, from, to, out var after) is { } badPlace)
            return badPlace;
        if (QueryParameters.ReadKey(request, own, "usage", out var key) is { } badKey)
            return badKey;
        if (ReadStatus(request, out var status) is { } badStatus)
            return badStatus;
        query = new UsageQuery
        {
            From = from,
            To = to,
            Bucket = bucket,
            Groups = groups,
            TagNames = tags,
            Key = key,
            Tier = QueryParameters.Text(request, "tier"),
            Route = QueryParameters.Text(request, "route"),
            Model = QueryParameters.Text(request, "model"),
            ModelAsked = QueryParameters.Text(request, "model_asked"),
            Deployment = QueryParameters.Text(request, "deployment"),
            Provider = QueryParameters.Text(request, "provider"),
            Task = QueryParameters.Text(request, "task"),
            Tags = [.. TagsOf(request).Select(name => KeyValuePair.Create(name[UsageGroupNames.Tag.Length..], QueryParameters.Text(request, name)!))],
            Status = status,
            Limit = limit,
            After = after,
        };
        return null;
    }

    private static IEnumerable<string> TagsOf(HttpRequest request) =>
        request.Query.Keys.Where(static name => name.Length > UsageGroupNames.Tag.Length && name.StartsWith(UsageGroupNames.Tag, StringComparison.Ordinal));

    private static RouterError? FindUnknown(HttpRequest request) => QueryParameters.FindUnknown(request, [.. Known, .. TagsOf(request)]) is { Param: { } unknown }
        ? RouterError.InvalidRequest($"'{unknown}' is none of the parameters: {string.Join(", ", Known)}.", unknown)
        : null;

    private static RouterError? ReadStatus(HttpRequest request, out int? status)
    {
        status = null;
        if (QueryParameters.Text(request, "status") is not { } written)
            return null;
        if (!int.TryParse(written, NumberStyles.None, CultureInfo.InvariantCulture, out var read) || read is < MinStatus or > MaxStatus)
            return RouterError.InvalidRequest($"'status' must be an HTTP status from {MinStatus} to {MaxStatus}, such as 200.", "status");
        status = read;
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
