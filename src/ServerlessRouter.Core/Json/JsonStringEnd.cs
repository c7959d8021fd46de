using System.Buffers;
using System.Numerics;
using System.Runtime.Intrinsics;

namespace ServerlessRouter.Json;

/// <summary>Finds where a JSON string ends, a block of bytes at a time also behind its first escape, and refuses what no string may hold.</summary>
internal static class JsonStringEnd
{
    private const byte Quote = (byte)'"';
    private const byte Backslash = (byte)'\\';
    private const byte FirstAllowed = (byte)' ';
    private const int UnicodeEscape = 6;

    private static readonly SearchValues<byte> HexDigits = SearchValues.Create("0123456789abcdefABCDEF"u8);
    private static readonly bool[] ShortEscapes = [.. Enumerable.Range(0, 256).Select(static escaped => "\"\\/bfnrt"u8.Contains((byte)escaped))];

    /// <summary>The offset of the closing quote in what follows the opening one; -1 when there is none, or a control character or a broken escape before it.</summary>
    /// <remarks>Not an IndexOfAny from stop to stop: escapes stand so close together in prompts that the calls would cost more than the search.</remarks>
    public static int Find(ReadOnlySpan<byte> text, out bool isEscaped)
    {
        isEscaped = false;
        // What is before it belongs to an escape that was looked at.
        var start = 0;
        var place = 0;
        for (; text.Length - place >= Vector256<byte>.Count; place += Vector256<byte>.Count)
        {
            for (var stops = StopsIn(Vector256.Create(text[place..])); stops != 0; stops &= stops - 1)
            {
                var stop = place + BitOperations.TrailingZeroCount(stops);
                if (stop < start)
                    continue;
                if (text[stop] == Quote)
                    return stop;
                if (!TrySkipEscape(text, stop, out start))
                    return -1;
                isEscaped = true;
            }
        }

        for (place = Math.Max(place, start); place < text.Length; place++)
        {
            if (text[place] == Quote)
                return place;
            if (text[place] is not Backslash and >= FirstAllowed)
                continue;
            if (!TrySkipEscape(text, place, out start))
                return -1;
            isEscaped = true;
            place = start - 1;
        }

        return -1;
    }

    /// <summary>A bit for each quote, backslash and control character.</summary>
    private static uint StopsIn(Vector256<byte> block) =>
        (Vector256.Equals(block, Vector256.Create(Quote)) | Vector256.Equals(block, Vector256.Create(Backslash)) | Vector256.LessThan(block, Vector256.Create(FirstAllowed)))
            .ExtractMostSignificantBits();

    private static bool TrySkipEscape(ReadOnlySpan<byte> text, int stop, out int next)
    {
        next = stop + 2;
        if (text[stop] != Backslash || next > text.Length)
            return false;
        if (ShortEscapes[text[stop + 1]])
            return true;
        next = stop + UnicodeEscape;
        return text[stop + 1] == 'u' && next <= text.Length && !text[(stop + 2)..next].ContainsAnyExcept(HexDigits);
    }
}
