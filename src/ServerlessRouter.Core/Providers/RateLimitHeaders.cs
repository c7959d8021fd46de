using System.Globalization;
using System.Net.Http.Headers;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Providers;

/// <summary>Reads what vendors say in headers about waiting and about what is left.</summary>
internal static class RateLimitHeaders
{
    private const double LongestWaitSeconds = 366 * 86_400d;

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
    /// How long the vendor asks to wait: <c>retry-after-ms</c>, else <c>Retry-After</c> (seconds or a date), else the reset of whatever is used up. Null without a hint,
    /// which Azure's 429 may be.
    /// </summary>
    public static TimeSpan? ReadRetryAfter(HttpResponseHeaders headers, RemainingQuota? quota, DateTimeOffset now)
    {
        if (Text(headers, "retry-after-ms") is { } milliseconds && TryNumber(milliseconds, out var exact))
            return Seconds(exact / 1_000);
        if (Text(headers, "Retry-After") is { } retryAfter)
        {
            if (TryNumber(retryAfter, out var seconds))
                return Seconds(seconds);
            if (DateTimeOffset.TryParse(retryAfter, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var when))
                return when > now ? when - now : TimeSpan.Zero;
        }

        var requestsReset = quota?.Requests == 0 ? quota.RequestsReset : null;
        var tokensReset = quota?.Tokens == 0 ? quota.TokensReset : null;
        return requestsReset > tokensReset || tokensReset is null ? requestsReset : tokensReset;
    }

    public static int? Count(HttpResponseHeaders headers, string name) =>
        Text(headers, name) is { } text && TryNumber(text, out var number) ? (int)Math.Clamp(number, 0, int.MaxValue) : null;

    public static string? Text(HttpResponseHeaders headers, string name) =>
        headers.NonValidated.TryGetValues(name, out var values) ? values.ToString() : null;

    private static TimeSpan? Duration(HttpResponseHeaders headers, string name) =>
        Text(headers, name) is { } text && VendorDuration.TryParse(text, out var duration) ? duration : null;

    private static bool TryNumber(string text, out double number) =>
        double.TryParse(text.AsSpan().Trim(), NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(Math.Clamp(seconds, 0, LongestWaitSeconds));
}
