namespace ServerlessRouter.Json;

/// <summary>Finds where a JSON number ends.</summary>
internal static class JsonNumberEnd
{
    /// <summary>The length of the number that the text begins with; -1 when there is none, or something that may not follow a number.</summary>
    public static int Find(ReadOnlySpan<byte> text)
    {
        var place = text[0] == '-' ? 1 : 0;
        if (place < text.Length && text[place] == '0')
            place++;
        else if (!SkipDigits(text, ref place))
            return -1;
        if (place < text.Length && text[place] == '.')
        {
            place++;
            if (!SkipDigits(text, ref place))
                return -1;
        }

        if (place < text.Length && text[place] is (byte)'e' or (byte)'E')
        {
            place++;
            if (place < text.Length && text[place] is (byte)'+' or (byte)'-')
                place++;
            if (!SkipDigits(text, ref place))
                return -1;
        }

        return place == text.Length || MayFollow(text[place]) ? place : -1;
    }

    /// <summary>False when there is no digit at all.</summary>
    private static bool SkipDigits(ReadOnlySpan<byte> text, ref int place)
    {
        var first = place;
        while (place < text.Length && char.IsAsciiDigit((char)text[place]))
            place++;
        return place > first;
    }

    /// <summary>The slash begins a comment, which is refused as what it is, not as part of the number.</summary>
    private static bool MayFollow(byte next) => next is (byte)',' or (byte)'}' or (byte)']' or (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t' or (byte)'/';
}
