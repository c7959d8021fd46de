using System.Buffers;
using System.Globalization;

namespace ServerlessRouter.Providers;

/// <summary>Reads the durations of rate-limit headers: Go's notation at OpenAI (<c>2ms</c>, <c>1.5s</c>, <c>6m0s</c>, <c>1h2m</c>), plain seconds at Azure.</summary>
internal static class VendorDuration
{
    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("0123456789.");
    private static readonly double LongestSeconds = TimeSpan.FromDays(366).TotalSeconds;

    public static bool TryParse(ReadOnlySpan<char> text, out TimeSpan duration)
    {
        text = text.Trim();
        var seconds = 0d;
        var isEmpty = text.IsEmpty;
        duration = default;
        while (!text.IsEmpty)
        {
            var digits = text.IndexOfAnyExcept(NumberCharacters);
            if (digits == 0)
                return false;
            var number = digits < 0 ? text : text[..digits];
            if (!double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value))
                return false;
            text = text[number.Length..];
            var unitEnd = text.IndexOfAny(NumberCharacters);
            var unit = unitEnd < 0 ? text : text[..unitEnd];
            if (SecondsOf(unit) is not { } factor)
                return false;
            text = text[unit.Length..];
            seconds += value * factor;
        }

        if (isEmpty)
            return false;
        duration = TimeSpan.FromTicks((long)Math.Round(Math.Min(seconds, LongestSeconds) * TimeSpan.TicksPerSecond));
        return true;
    }

    private static double? SecondsOf(ReadOnlySpan<char> unit) => unit switch
    {
        "" or "s" => 1,
        "ms" => 1e-3,
        "us" or "µs" => 1e-6,
        "ns" => 1e-9,
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        _ => null,
    };
}
