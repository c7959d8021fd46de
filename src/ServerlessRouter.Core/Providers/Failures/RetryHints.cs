using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;

namespace ServerlessRouter.Providers.Failures;

/// <summary>How long to wait by what a vendor says inside its error: <c>Please try again in 1m2.5s</c>, <c>retry after 6 seconds</c>, <c>replenished in 00:03:21</c>, <c>regain access on 2026-04-01 at 00:00 UTC</c>.</summary>
internal static partial class RetryHints
{
    private const int MaxMatchMilliseconds = 50;

    /// <summary>Null when the error does not say, or says a time and <paramref name="now"/> is not known.</summary>
    public static TimeSpan? Of(VendorError error, DateTimeOffset? now)
    {
        if (error.RetryAfter is { } told)
            return told;
        if (error.ResetAt is { } reset && now is { } here)
            return VendorDuration.Between(here, reset);
        return OfTexts(error.Texts, now);
    }

    private static TimeSpan? OfTexts(ImmutableArray<string> texts, DateTimeOffset? now)
    {
        try
        {
            foreach (var text in texts)
            {
                if (Wait().Match(text) is { Success: true } wait && VendorDuration.TryParse(Compact(wait.Groups["wait"].Value), out var length))
                    return length;
                if (Clock().Match(text) is { Success: true } clock && TimeSpan.TryParse(clock.Groups["wait"].Value, CultureInfo.InvariantCulture, out var span))
                    return VendorDuration.OfSeconds(span.TotalSeconds);
                if (now is { } here && Day().Match(text) is { Success: true } day
                    && DateTimeOffset.TryParseExact(day.Groups["day"].Value + " " + day.Groups["time"].Value, "yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var when))
                    return VendorDuration.Between(here, when);
            }
        }
        catch (RegexMatchTimeoutException)
        {
            // A text made to be slow says nothing.
        }

        return null;
    }

    /// <summary>Words for units become the letters that durations are written with.</summary>
    private static string Compact(string wait) => Unit().Replace(wait, static unit => unit.Value.Trim().ToLowerInvariant() switch
    {
        ['m', 'i', 'l', ..] or "ms" or "msec" or "msecs" => "ms",
        ['s', ..] => "s",
        ['m', ..] => "m",
        ['h', ..] => "h",
        _ => "d",
    }).Replace(" ", "", StringComparison.Ordinal);

    [GeneratedRegex(
        @"(?:try again|retry|wait|available|resets?)\s+(?:in|after|for)?\s*(?:about\s+)?(?<wait>(?:\d+(?:\.\d+)?\s*(?:milliseconds?|msecs?|ms|seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h|days?|d)\b?\s*)+)",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, MaxMatchMilliseconds)]
    private static partial Regex Wait();

    [GeneratedRegex(@"replenished in (?<wait>(?:\d{1,3}\.)?\d{2}:\d{2}:\d{2})", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, MaxMatchMilliseconds)]
    private static partial Regex Clock();

    [GeneratedRegex(@"(?:regain access on|resets? (?:at|on)|(?:try again|retry) (?:at|after|on)|available (?:at|on|from))\s+(?<day>\d{4}-\d{2}-\d{2})(?: at |T| )(?<time>\d{2}:\d{2})",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, MaxMatchMilliseconds)]
    private static partial Regex Day();

    [GeneratedRegex(@"\s*[a-z]+", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, MaxMatchMilliseconds)]
    private static partial Regex Unit();
}
