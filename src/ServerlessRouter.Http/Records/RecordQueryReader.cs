using System.Globalization;
using Microsoft.AspNetCore.Http;
using ServerlessRouter.Errors;
using ServerlessRouter.Http.Wire;
using ServerlessRouter.Recording.Records;

namespace ServerlessRouter.Http.Records;

/// <summary>Reads which records are asked for.</summary>
internal static class RecordQueryReader
{
    private const int DefaultLimit = 20;
    private const int MaxLimit = 100;
    private const int MaxExported = 5000;
    private const string TagPrefix = "tag:";
    private const int MaxNameLength = 256;

    private static readonly TimeSpan DefaultSpan = TimeSpan.FromDays(1);
    private static readonly string[] Known = ["from", "to", "key", "route", "model", "deployment", "tier", "status", "min_cost", "limit", "after", "format"];

    /// <summary>Null and the query, or what is wrong. <paramref name="own"/> is whose records may be seen; null for those of all callers.</summary>
    public static RouterError? Read(HttpRequest request, DateTimeOffset now, string? own, int maxLimit, out RecordQuery? query)
    {
        query = null;
        var (from, to, limit, key) = (default(DateTimeOffset), default(DateTimeOffset), 0, default(string));
        // A moment later than now, so that what comes now is part of it.
        var filter = RecordFilter.None;
        string[] known = [.. Known, .. request.Query.Keys.Where(static name => name.StartsWith(TagPrefix, StringComparison.Ordinal))];
        if ((QueryParameters.FindUnknown(request, known)
            ?? QueryParameters.ReadTime(request, "to", now.AddMinutes(1), out to)
            ?? QueryParameters.ReadTime(request, "from", to - DefaultSpan, out from)
            ?? QueryParameters.ReadLimit(request, maxLimit > MaxLimit ? maxLimit : DefaultLimit, maxLimit, out limit)
            ?? QueryParameters.ReadKey(request, own, "entries", out key)
            ?? ReadFilter(request, out filter)) is { } error)
            return error;
        if (from >= to)
            return RouterError.InvalidRequest("'from' must be before 'to', which is not part of what is asked for.", "from");
        RecordCursor? after = null;
        if (QueryParameters.Text(request, "after") is { } written && (after = RecordCursor.Parse(written)) is null)
            return RouterError.InvalidRequest("'after' must be the 'next' of the page before.", "after");
        query = new RecordQuery { From = from, To = to, Key = key, Limit = limit, After = after, Filter = filter };
        return null;
    }

    /// <summary>The most records that one answer may have in a form.</summary>
    public static int MaxLimitOf(bool isExport) => isExport ? MaxExported : MaxLimit;

    private static RouterError? ReadFilter(HttpRequest request, out RecordFilter filter)
    {
        filter = RecordFilter.None;
        var (status, onlyFailures, cost) = (default(int?), false, default(decimal?));
        if (QueryParameters.Text(request, "status") is { } written && !RecordFilter.TryReadStatus(written, out status, out onlyFailures))
            return RouterError.InvalidRequest("'status' must be a status such as 200 or 429, or error for every failure.", "status");
        if (QueryParameters.Text(request, "min_cost") is { } least)
        {
            if (!decimal.TryParse(least, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var usd))
                return RouterError.InvalidRequest("'min_cost' must be an amount in USD, such as 0.05.", "min_cost");
            cost = usd;
        }

        string[] tags = [.. request.Query.Keys.Where(static name => name.StartsWith(TagPrefix, StringComparison.Ordinal))];
        if (tags.Length > 1)
            return RouterError.InvalidRequest("One tag can be asked for at a time.", tags[1]);
        filter = new RecordFilter
        {
            Route = Name("route"),
            Model = Name("model"),
            Deployment = Name("deployment"),
            Tier = Name("tier"),
            Status = status,
            OnlyFailures = onlyFailures,
            MinCostUsd = cost,
            Tag = tags is [var tag] ? (tag[TagPrefix.Length..], Name(tag) ?? "") : null,
        };
        return null;

        string? Name(string parameter) => QueryParameters.Text(request, parameter) is { Length: > 0 } name ? name.Length <= MaxNameLength ? name : name[..MaxNameLength] : null;
    }
}
