using Microsoft.AspNetCore.Http;
using ServerlessRouter.Errors;
using ServerlessRouter.Http.Wire;
using ServerlessRouter.Recording.Records;

namespace ServerlessRouter.Http.Records;

/// <summary>Reads which records are asked for: <c>from</c>, <c>to</c>, <c>key</c>, <c>limit</c>, <c>after</c>.</summary>
internal static class RecordQueryReader
{
    private const int DefaultLimit = 20;
    private const int MaxLimit = 100;

    private static readonly TimeSpan DefaultSpan = TimeSpan.FromDays(1);
    private static readonly string[] Known = ["from", "to", "key", "limit", "after"];

    /// <summary>Null and the query, or what is wrong. <paramref name="own"/> is whose records may be seen; null for those of all callers.</summary>
    public static RouterError? Read(HttpRequest request, DateTimeOffset now, string? own, out RecordQuery? query)
    {
        query = null;
        var (from, to, limit, key) = (default(DateTimeOffset), default(DateTimeOffset), 0, default(string));
        // A moment later than now, so that what comes now is part of it.
        if ((QueryParameters.FindUnknown(request, Known)
            ?? QueryParameters.ReadTime(request, "to", now.AddMinutes(1), out to)
            ?? QueryParameters.ReadTime(request, "from", to - DefaultSpan, out from)
            ?? QueryParameters.ReadLimit(request, DefaultLimit, MaxLimit, out limit)
            ?? QueryParameters.ReadKey(request, own, "entries", out key)) is { } error)
            return error;
        if (from >= to)
            return RouterError.InvalidRequest("'from' must be before 'to', which is not part of what is asked for.", "from");
        RecordCursor? after = null;
        if (QueryParameters.Text(request, "after") is { } written && (after = RecordCursor.Parse(written)) is null)
            return RouterError.InvalidRequest("'after' must be the 'next' of the page before.", "after");
        query = new RecordQuery { From = from, To = to, Key = key, Limit = limit, After = after };
        return null;
    }
}
