using System.Globalization;

namespace ServerlessRouter.Errors;

/// <summary>A text with some of its escapes undone, and from where in the original each character comes.</summary>
internal sealed class EscapedView
{
    private const int MaxEntityLength = 10;

    private readonly int[] _starts;

    private EscapedView(string text, int[] starts) => (Text, _starts) = (text, starts);

    public string Text { get; }

    public static EscapedView Of(string text) => new(text, [.. Enumerable.Range(0, text.Length + 1)]);

    /// <summary>Marks in the original what stands here.</summary>
    public void Cover(int start, int length, bool[] covered) => covered.AsSpan(_starts[start].._starts[start + length]).Fill(true);

    /// <summary>Undoes one level of percent, JSON and HTML escapes; false when there are none.</summary>
    public bool TryUnescape(out EscapedView view)
    {
        view = this;
        if (!Text.AsSpan().ContainsAny('%', '\\', '&'))
            return false;
        var letters = new char[Text.Length];
        var starts = new int[Text.Length + 1];
        var (at, length) = (0, 0);
        while (at < Text.Length)
        {
            var (letter, taken) = LetterAt(Text.AsSpan(at));
            letters[length] = letter;
            starts[length++] = _starts[at];
            at += taken;
        }

        starts[length] = _starts[Text.Length];
        if (length == Text.Length)
            return false;
        view = new EscapedView(new string(letters, 0, length), starts[..(length + 1)]);
        return true;
    }

    private static (char Letter, int Taken) LetterAt(ReadOnlySpan<char> rest) => rest switch
    {
        ['%', var high, var low, ..] when char.IsAsciiHexDigit(high) && char.IsAsciiHexDigit(low) => ((char)Hex(rest[1..3]), 3),
        ['\\', 'u', ..] when rest.Length >= 6 && rest[2..6].ContainsAnyExcept(HexDigits) is false => ((char)Hex(rest[2..6]), 6),
        ['\\', 'x', var high, var low, ..] when char.IsAsciiHexDigit(high) && char.IsAsciiHexDigit(low) => ((char)Hex(rest[2..4]), 4),
        ['\\', '/' or '"' or '\\' or '\'', ..] => (rest[1], 2),
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
            ['#', 'x' or 'X', .. var digits] when int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code) && code <= char.MaxValue => (char)code,
            ['#', .. var digits] when int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var code) && code <= char.MaxValue => (char)code,
            _ => null,
        };
        return letter is { } known ? (known, end + 1) : (rest[0], 1);
    }
}
