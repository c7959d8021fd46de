using System.Globalization;
using Microsoft.AspNetCore.Http;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Http.Wire;

/// <summary>The headers by which a caller reads how its limits stand: OpenAI's names and forms, which its clients know.</summary>
internal static class LimitHeaders
{
    public const string LimitRequests = "x-ratelimit-limit-requests";
    public const string LimitTokens = "x-ratelimit-limit-tokens";
    public const string RemainingRequests = "x-ratelimit-remaining-requests";
    public const string RemainingTokens = "x-ratelimit-remaining-tokens";
    public const string ResetRequests = "x-ratelimit-reset-requests";
    public const string ResetTokens = "x-ratelimit-reset-tokens";

    public static readonly string[] All = [LimitRequests, LimitTokens, RemainingRequests, RemainingTokens, ResetRequests, ResetTokens];

    private const int MaxUsdLength = 32;
    private const int MicrosPerUsd = 1_000_000;
    private static readonly string[] Seconds = [.. Enumerable.Range(0, 60).Select(static seconds => string.Create(CultureInfo.InvariantCulture, $"{seconds}s"))];

    public static void Write(IHeaderDictionary headers, in LimitFigures figures)
    {
        if (figures.Requests is { } requests)
            Write(headers, requests, LimitRequests, RemainingRequests, ResetRequests);
        if (figures.Tokens is { } tokens)
            Write(headers, tokens, LimitTokens, RemainingTokens, ResetTokens);
        if (figures.BudgetRemainingUsd is { } usd)
            headers[RouterHeaders.BudgetRemaining] = Usd(usd);
        if (figures.DowngradedBy is { } budget)
            headers[RouterHeaders.Downgraded] = budget;
    }

    /// <summary>A duration as OpenAI and Go write it: <c>850ms</c>, <c>12s</c>, <c>6m0s</c>, <c>3h0m5s</c>. Rounded up, so that who waits so long has waited long enough.</summary>
    public static string Duration(TimeSpan span)
    {
        if (span < TimeSpan.FromSeconds(1))
            return string.Create(CultureInfo.InvariantCulture, $"{(long)Math.Ceiling(Math.Max(0, span.TotalMilliseconds))}ms");
        var seconds = (long)Math.Ceiling(span.TotalSeconds);
        return seconds switch
        {
            < 60 => Seconds[seconds],
            < 3600 => string.Create(CultureInfo.InvariantCulture, $"{seconds / 60}m{seconds % 60}s"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600}h{seconds / 60 % 60}m{seconds % 60}s"),
        };
    }

    /// <summary>To the millionth, without zeros at the end. Formats of decimals take several times as long.</summary>
    public static string Usd(decimal usd)
    {
        var micros = (long)decimal.Round(usd * MicrosPerUsd, MidpointRounding.AwayFromZero);
        Span<char> text = stackalloc char[MaxUsdLength];
        (micros / MicrosPerUsd).TryFormat(text, out var length, provider: CultureInfo.InvariantCulture);
        var rest = (int)(micros % MicrosPerUsd);
        if (rest > 0)
            text[length++] = '.';
        for (var unit = MicrosPerUsd / 10; rest > 0; unit /= 10)
        {
            text[length++] = (char)('0' + (rest / unit));
            rest %= unit;
        }

        return new string(text[..length]);
    }

    private static void Write(IHeaderDictionary headers, in RateFigures figures, string limit, string remaining, string reset)
    {
        headers[limit] = figures.Limit.ToString(CultureInfo.InvariantCulture);
        headers[remaining] = figures.Remaining.ToString(CultureInfo.InvariantCulture);
        if (figures.Reset is { } wait)
            headers[reset] = Duration(wait);
    }
}
