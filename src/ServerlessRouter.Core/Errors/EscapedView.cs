using System.Globalization;

namespace ServerlessRouter.Errors;

/// <summary>A text with some of its escapes undone, its separators left out or its hex read, and from where in the original each character comes.</summary>
internal sealed class EscapedView
{
    private const int MaxEntityLength = 10;

    private readonly Range[] _origins;

    private EscapedView(string text, Range[] origins) => (Text, _origins) = (text, origins);

    public string Text { get; }

    public static EscapedView Of(string text) => new(text, [.. Enumerable.Range(0, text.Length).Select(static at => at..(at + 1))]);

    /// <summary>Marks in the original what stands here, and what was left out inside it.</summary>
    public void Cover(int start, int length, bool[] covered) => covered.AsSpan(_origins[start].Start.._origins[start + length - 1].End).Fill(true);

    /// <summary>The letters and digits alone: what spaces, dashes, line ends or zero bytes separate stands together.</summary>
    public EscapedView WithoutSeparators()
    {
        var kept = Enumerable.Range(0, Text.Length).Where(at => char.IsLetterOrDigit(Text[at])).ToArray();
        return new EscapedView(string.Concat(kept.Select(at => Text[at])), [.. kept.Select(at => _origins[at])]);
    }

    /// <summary>What hex digits stand for. The zero bytes that UTF-16 has are no characters, and belong to those beside them.</summary>
    public EscapedView OfHex(int start, int length)
    {
        var bytes = Convert.FromHexString(Text.AsSpan(start, length));
        var kept = Enumerable.Range(0, bytes.Length).Where(at => bytes[at] != 0).ToArray();
        var origins = new Range[kept.Length];
        for (var number = 0; number < kept.Length; number++)
        {
            var first = number == 0 ? 0 : kept[number - 1] + 1;
            var end = number + 1 < kept.Length ? kept[number + 1] : bytes.Length;
            origins[number] = _origins[start + (2 * first)].Start.._origins[start + (2 * end) - 1].End;
        }

        return new EscapedView(string.Concat(kept.Select(at => (char)bytes[at])), origins);
    }

    /// <summary>Undoes one level of percent, JSON and HTML escapes; false when there are none.</summary>
    public bool TryUnescape(out EscapedView view)
    {
        view = this;
        if (!Text.AsSpan().ContainsAny('%', '\\', '&'))
            return false;
        var letters = new char[Text.Length];
        var origins = new Range[Text.Length];
        var (at, length) = (0, 0);
        while (at < Text.Length)
        {
            var (letter, taken) = LetterAt(Text.AsSpan(at));
            letters[length] = letter;
            origins[length++] = _origins[at].Start.._origins[at + taken - 1].End;
            at += taken;
        }

        if (length == Text.Length)
            return false;
        view = new EscapedView(new string(letters, 0, length), origins[..length]);
        return true;
    }

    private static (char Letter, int Taken) LetterAt(ReadOnlySpan<char> rest) => rest switch
    {
        ['%', var high, var low, ..] when char.IsAsciiHexDigit(high) && char.IsAsciiHexDigit(low) => ((char)Hex(rest[1..3]), 3),
        ['\\', 'u', ..] when rest.Length >= 6 && rest[2..6].ContainsAnyExcept(HexDigits) is false => ((char)Hex(rest[2..6]), 6),
        ['\\', 'x', var high, var low, ..] when char.IsAsciiHexDigit(high) && char.IsAsciiHexDigit(low) => ((char)Hex(rest[2..4]), 4),
        ['\\', '/' or '"' or '\\' or '\'', ..] => (rest[1], 2),
        ['\\', 'n' or 'r' or 't', ..] => (' ', 2),
        ['&', ..] => Entity(rest),
        _ => (rest[0], 1),
    };

    private static readonly System.Buffers.SearchValues<char> HexDigits = System.Buffers.SearchValues.Create("0123456789abcdefABCDEF");

    private static int Hex(ReadOnlySpan<char> digits) => int.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    private static (char Letter, int Taken) Entity(ReadOnlySpan<char> rest)
    {
        var end = rest[..Math.Min(rest.Length, MaxEntityLength)].IndexOf(';');
        if (end < 2)
            return (rest[0], 1);
        var name = rest[1..end];
        char? letter = name switch
        {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "apos" => '\'',
            "nbsp" => ' ',
            ['#', 'x' or 'X', .. var digits] when int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code) && code <= char.MaxValue => (char)code,
            ['#', .. var digits] when int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var code) && code <= char.MaxValue => (char)code,
            _ => null,
        };
        return letter is { } known ? (known, end + 1) : (rest[0], 1);
    }
}
