using System.Buffers;
using System.Globalization;

namespace ServerlessRouter.Providers.Failures;

/// <summary>Reads the durations of vendors: Go's notation at OpenAI (<c>2ms</c>, <c>1.5s</c>, <c>6m0s</c>, <c>1h2m</c>), plain seconds at Azure. None is longer than <see cref="Max"/>.</summary>
internal static class VendorDuration
{
    /// <summary>No vendor is waited for longer, whatever it asks: after a day it is asked again.</summary>
    public static readonly TimeSpan Max = TimeSpan.FromDays(1);

    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("0123456789.");

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
        duration = OfSeconds(seconds);
        return true;
    }

    /// <summary>Seconds within bounds: what is less than nothing, or no number, is nothing.</summary>
    public static TimeSpan OfSeconds(double seconds) =>
        seconds > 0 ? TimeSpan.FromTicks((long)Math.Round(Math.Min(seconds, Max.TotalSeconds) * TimeSpan.TicksPerSecond)) : TimeSpan.Zero;

    /// <summary>From now until a time, within bounds.</summary>
    public static TimeSpan Between(DateTimeOffset now, DateTimeOffset when)
    {
        var wait = when.UtcDateTime - now.UtcDateTime;
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait < Max ? wait : Max;
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
