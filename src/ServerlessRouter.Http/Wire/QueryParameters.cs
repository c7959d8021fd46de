using System.Globalization;
using Microsoft.AspNetCore.Http;
using ServerlessRouter.Errors;

namespace ServerlessRouter.Http.Wire;

/// <summary>Reads what stands behind the question mark, and says what is wrong with it.</summary>
internal static class QueryParameters
{
    // Far from both ends of time, so that a few days more or less are always a time.
    private const int EarliestYear = 2000;
    private const int LatestYear = 9000;

    private static readonly string[] TimeFormats = ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];

    /// <summary>Null when the parameter is not there.</summary>
    public static string? Text(HttpRequest request, string name) => request.Query.TryGetValue(name, out var values) ? values.ToString() : null;

    /// <summary>A misspelt parameter would be ignored otherwise.</summary>
    public static RouterError? FindUnknown(HttpRequest request, string[] known) =>
        request.Query.Keys.FirstOrDefault(name => !known.Contains(name, StringComparer.Ordinal)) is { } unknown
            ? RouterError.InvalidRequest($"'{unknown}' is none of the parameters: {string.Join(", ", known)}.", unknown)
            : null;

    public static RouterError? ReadTime(HttpRequest request, string name, DateTimeOffset otherwise, out DateTimeOffset time)
    {
        time = otherwise;
        return Text(request, name) is not { } written || (TryParseTime(written, out time) && time.Year is >= EarliestYear and <= LatestYear) ? null : NoTime(name);
    }

    /// <summary>A day, or a time in UTC where it says nothing else.</summary>
    public static bool TryParseTime(string written, out DateTimeOffset time) =>
        DateTimeOffset.TryParseExact(written, TimeFormats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out time);

    public static RouterError NoTime(string name) => RouterError.InvalidRequest($"'{name}' must be a day such as 2026-01-31 or a time such as 2026-01-31T15:00:00Z.", name);

    public static RouterError? ReadLimit(HttpRequest request, int otherwise, int most, out int limit)
    {
        limit = otherwise;
        return Text(request, "limit") is not { } written || (int.TryParse(written, NumberStyles.None, CultureInfo.InvariantCulture, out limit) && limit >= 1 && limit <= most)
            ? null
            : RouterError.InvalidRequest($"'limit' must be a whole number from 1 to {most}.", "limit");
    }

    /// <summary>Whose entries (<paramref name="what"/>: usage, records) are asked for, of those that may be seen; null for those of all callers.</summary>
    public static RouterError? ReadKey(HttpRequest request, string? own, string what, out string? key)
    {
        var written = Text(request, "key");
        key = own ?? written;
        return own is null || written is null || written == own
            ? null
            : new RouterError(RouterErrorCode.PermissionDenied, $"A caller sees its own {what} only. Leave 'key' out, or send the admin key.") { Param = "key" };
    }
}
