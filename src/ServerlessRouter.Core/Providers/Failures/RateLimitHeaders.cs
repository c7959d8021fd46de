using System.Globalization;
using System.Net.Http.Headers;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Providers.Failures;

/// <summary>Reads what vendors say in headers about waiting and about what is left. Whatever they send is no exception, and no wait is longer than <see cref="VendorDuration.Max"/>.</summary>
internal static class RateLimitHeaders
{
    // As numbers, times in seconds and in milliseconds since 1970 are far apart from waits and from each other.
    private const double MinUnixSeconds = 1e9;
    private const double MinUnixMilliseconds = 1e11;

    private static readonly string[] ResetNames = ["x-ratelimit-reset-after", "x-ratelimit-reset", "ratelimit-reset"];

    // RFC 9110's three forms, and what is written instead.
    private static readonly string[] DateForms =
        ["r", "dddd, dd-MMM-yy HH:mm:ss 'GMT'", "ddd MMM d HH:mm:ss yyyy", "ddd MMM  d HH:mm:ss yyyy", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];

    /// <summary>OpenAI's and Azure's <c>x-ratelimit-*</c>; null when there are none.</summary>
    public static RemainingQuota? ReadQuota(HttpResponseHeaders headers)
    {
        var requests = Count(headers, "x-ratelimit-remaining-requests");
        var tokens = Count(headers, "x-ratelimit-remaining-tokens");
        return requests is null && tokens is null
            ? null
            : new RemainingQuota(requests, tokens, Duration(headers, "x-ratelimit-reset-requests"), Duration(headers, "x-ratelimit-reset-tokens"));
    }

    /// <summary>
    /// How long the vendor asks to wait: <c>retry-after-ms</c>, else <c>Retry-After</c> (seconds, a duration or a date), else what its error says, else the reset of
    /// whatever is used up. Null without a hint, which Azure's 429 may be.
    /// </summary>
    /// <param name="headers">The answer's headers.</param>
    /// <param name="quota">What they say is left.</param>
    /// <param name="error">The answer's error.</param>
    /// <param name="now">Now.</param>
    /// <param name="isLimited">A limit is what failed, so a reset that names none is that limit's.</param>
    public static TimeSpan? ReadRetryAfter(HttpResponseHeaders headers, RemainingQuota? quota, VendorError error, DateTimeOffset now, bool isLimited)
    {
        if (Text(headers, "retry-after-ms") is { } milliseconds && TryNumber(milliseconds, out var exact))
            return VendorDuration.OfSeconds(exact / 1_000);
        return WaitOf(Text(headers, "Retry-After"), now) ?? RetryHints.Of(error, now) ?? ResetOf(quota) ?? (isLimited ? ResetOf(headers, now) : null);
    }

    public static int? Count(HttpResponseHeaders headers, string name) =>
        Text(headers, name) is { } text && TryNumber(text, out var number) ? (int)Math.Clamp(number, 0, int.MaxValue) : null;

    public static string? Text(HttpResponseHeaders headers, string name) =>
        headers.NonValidated.TryGetValues(name, out var values) ? values.ToString() : null;

    /// <summary>A point in time: seconds or milliseconds since 1970, or a date. Null for anything else.</summary>
    public static DateTimeOffset? TimeOf(string? text)
    {
        if (TryNumber(text, out var number))
        {
            var seconds = number >= MinUnixMilliseconds ? number / 1_000 : number;
            return seconds is >= MinUnixSeconds and < MinUnixMilliseconds ? DateTimeOffset.UnixEpoch.AddSeconds(seconds) : null;
        }

        return DateTimeOffset.TryParseExact(
            text?.Trim(), DateForms, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AllowInnerWhite, out var when) ? when : null;
    }

    /// <summary>Seconds, a duration, or a time until which to wait.</summary>
    private static TimeSpan? WaitOf(string? text, DateTimeOffset now)
    {
        if (TimeOf(text) is { } when)
            return VendorDuration.Between(now, when);
        if (TryNumber(text, out var seconds))
            return VendorDuration.OfSeconds(seconds);
        return VendorDuration.TryParse(text, out var duration) ? duration : null;
    }

    private static TimeSpan? ResetOf(RemainingQuota? quota)
    {
        var requestsReset = quota?.Requests == 0 ? quota.RequestsReset : null;
        var tokensReset = quota?.Tokens == 0 ? quota.TokensReset : null;
        return requestsReset > tokensReset || tokensReset is null ? requestsReset : tokensReset;
    }

    private static TimeSpan? ResetOf(HttpResponseHeaders headers, DateTimeOffset now)
    {
        foreach (var name in ResetNames)
        {
            if (WaitOf(Text(headers, name), now) is { } wait)
                return wait;
        }

        return null;
    }

    /// <summary>A time since 1970 is no duration: taken for one, it would keep requests waiting for a day.</summary>
    private static TimeSpan? Duration(HttpResponseHeaders headers, string name) =>
        Text(headers, name) is { } text && TimeOf(text) is null && VendorDuration.TryParse(text, out var duration) ? duration : null;

    // "NaN" and "Infinity" are numbers to the parser alone.
    private static bool TryNumber(string? text, out double number) =>
        double.TryParse(text.AsSpan().Trim(), NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number)
        && double.IsFinite(number);
}
