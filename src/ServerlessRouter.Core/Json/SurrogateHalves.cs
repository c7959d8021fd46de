namespace ServerlessRouter.Json;

/// <summary>Mends escapes in JSON that are half of a surrogate pair, as a text cut inside an emoji leaves them: strict readers refuse the whole document for one.</summary>
internal static class SurrogateHalves
{
    private const byte Backslash = (byte)'\\';
    private const int EscapeLength = 6;

    private static ReadOnlySpan<byte> Replacement => "\\ufffd"u8;

    /// <summary>Replaces each half by U+FFFD, in place and at the same length. Answers whether there was one.</summary>
    public static bool Mend(Span<byte> json)
    {
        var wasMended = false;
        var place = 0;
        while (true)
        {
            var found = json[place..].IndexOf(Backslash);
            if (found < 0 || place + found + 1 >= json.Length)
                return wasMended;
            place += found;
            if (json[place + 1] != 'u')
            {
                place += 2;
                continue;
            }

            var isHigh = IsHalf(json[place..], isHigh: true);
            if (isHigh && IsHalf(json[Math.Min(json.Length, place + EscapeLength)..], isHigh: false))
            {
                place += 2 * EscapeLength;
                continue;
            }

            if (isHigh || IsHalf(json[place..], isHigh: false))
            {
                Replacement.CopyTo(json[place..]);
                wasMended = true;
            }

            place += Math.Min(EscapeLength, json.Length - place);
        }
    }

    /// <summary>Whether the JSON begins with an escape of D800 to DBFF (high) or DC00 to DFFF (low).</summary>
    private static bool IsHalf(ReadOnlySpan<byte> json, bool isHigh)
    {
        if (json.Length < EscapeLength || json[0] != Backslash || json[1] != 'u' || (json[2] | 0x20) != 'd')
            return false;
        return isHigh
            ? json[3] is (byte)'8' or (byte)'9' or (byte)'a' or (byte)'b' or (byte)'A' or (byte)'B'
            : json[3] is >= (byte)'c' and <= (byte)'f' or >= (byte)'C' and <= (byte)'F';
    }
}
