using System.Numerics;
using System.Runtime.Intrinsics;

namespace ServerlessRouter.Classification;

/// <summary>Prices the runs of a text, one after the other, in hundredths of a token.</summary>
/// <remarks>The prices were read off the o200k_base tokenizer: means over English words by length, and over short texts of each script.</remarks>
internal ref struct TokenWalk(ReadOnlySpan<byte> text)
{
    private readonly ReadOnlySpan<byte> _text = text;
    private int _place;

    /// <summary>The kind of the run before the current one decides what merges.</summary>
    private Run _previous;

    private int _asciiWords;
    private int _accentedWords;
    private long _asciiWordPrice;

    private enum Run
    {
        None,
        Word,
        Digits,
        Punctuation,
        Space,
        Break,
    }

    /// <summary>Price of an English word by its letters.</summary>
    private static ReadOnlySpan<byte> OfWord => [0, 100, 100, 100, 101, 105, 111, 113, 115, 123, 125, 130, 142, 145, 156, 166];

    public long Hundredths()
    {
        var sum = 0L;
        while (_place < _text.Length)
        {
            var value = _text[_place];
            sum += value switch
            {
                (byte)' ' or (byte)'\t' or (byte)'\n' or (byte)'\r' => Spaces(),
                >= (byte)'0' and <= (byte)'9' => Digits(),
                _ when IsLetter(value) => Word(),
                < 0x80 => Punctuation(),
                _ => Foreign(),
            };
        }

        // Words without accents cost more in a language that has them.
        if (_accentedWords * 20 > _asciiWords)
            sum += _asciiWordPrice * Math.Min(25, 60 * _accentedWords / Math.Max(1, _asciiWords)) / 100;
        return sum;
    }

    private static bool IsLetter(byte value) => (byte)((value | 0x20) - 'a') < 26;

    private static bool IsUpper(byte value) => (byte)(value - 'A') < 26;

    private static bool IsAccentLead(byte value) => value is >= 0xc3 and <= 0xca;

    /// <summary>Spaces join what follows, save digits; a run of them is one token, and so are line breaks.</summary>
    private int Spaces()
    {
        var rest = _text[_place..];
        var broken = false;
        var length = 0;
        for (; length < rest.Length && rest[length] is (byte)' ' or (byte)'\t' or (byte)'\n' or (byte)'\r'; length++)
            broken |= rest[length] is (byte)'\n' or (byte)'\r';
        _place += length;
        var before = _previous;
        _previous = broken ? Run.Break : Run.Space;
        if (broken)
        {
            var indented = rest[length - 1] is (byte)' ' or (byte)'\t';
            return (before == Run.Punctuation ? 30 : 100) + (indented && length > 2 ? 90 : 0) + length / 24 * 100;
        }

        var beforeDigits = length < rest.Length && rest[length] is >= (byte)'0' and <= (byte)'9';
        return (beforeDigits ? 100 : 0) + (length > 1 && !beforeDigits ? 100 : 0) + length / 80 * 100;
    }

    private int Digits()
    {
        var rest = _text[_place..];
        var length = 0;
        while (length < rest.Length && rest[length] is >= (byte)'0' and <= (byte)'9')
            length++;
        _place += length;
        _previous = Run.Digits;
        return (length + 2) / 3 * 100;
    }

    private int Punctuation()
    {
        // Control characters are taken one at a time.
        var rest = _text[_place..];
        var same = true;
        var length = 1;
        for (; length < rest.Length && IsPunctuation(rest[length]); length++)
            same &= rest[length] == rest[0];
        _place += length;
        _previous = Run.Punctuation;
        // One sign often joins the word after it, as in ".name" or "(x".
        var joins = length == 1 && length < rest.Length && IsLetter(rest[length]);
        if (length == 1)
            return joins ? 35 : 95;
        return same && length > 3 ? 100 + length / 16 * 100 : 60 + 28 * length;
    }

    private static bool IsPunctuation(byte value) => value is > (byte)' ' and < 0x7f && !IsLetter(value) && value is < (byte)'0' or > (byte)'9' and < 0x7f;

    private int Word()
    {
        var start = _place;
        var joined = _previous is Run.Space or Run.None;
        var accents = 0;
        SkipLetters(out var upper, out var seams);
        while (_place < _text.Length)
        {
            var value = _text[_place];
            if (IsLetter(value))
            {
                if (IsUpper(value))
                {
                    upper++;
                    if (_place > start && !IsUpper(_text[_place - 1]))
                        seams++;
                }

                _place++;
            }
            else if (IsAccentLead(value) && _place + 1 < _text.Length)
            {
                accents++;
                _place += 2;
            }
            else if (value == 0xe1 && _place + 2 < _text.Length)
            {
                // Vietnamese.
                accents++;
                _place += 3;
            }
            else
                break;
        }

        var afterDigits = _previous == Run.Digits;
        _previous = Run.Word;
        var letters = _place - start - accents;
        if (accents > 0)
        {
            _accentedWords++;
            return 75 + 18 * letters + 8 * accents;
        }

        _asciiWords++;
        if (seams > 0 && seams * 4 >= letters)
            return 55 * letters;
        var pieces = seams + 1;
        var price = upper == letters && letters > 2
            ? 60 + 32 * letters
            : pieces * OfPiece(letters / pieces) - 15 * seams + (joined || letters < 4 ? 0 : 5);
        if (afterDigits)
            price += 10;
        _asciiWordPrice += price;
        return price;
    }

    /// <summary>Skips the ASCII letters a word begins with by one comparison, as far as they can be seen at once; their number is different each time, which a loop pays for.</summary>
    private void SkipLetters(out int upper, out int seams)
    {
        (upper, seams) = (0, 0);
        if (_text.Length - _place < Vector256<byte>.Count)
            return;
        var bytes = Vector256.Create(_text[_place..]);
        var isLetter = Vector256.LessThan((bytes | Vector256.Create((byte)0x20)) - Vector256.Create((byte)'a'), Vector256.Create((byte)26)).ExtractMostSignificantBits();
        var isUpper = Vector256.LessThan(bytes - Vector256.Create((byte)'A'), Vector256.Create((byte)26)).ExtractMostSignificantBits();
        var letters = BitOperations.TrailingZeroCount(~isLetter);
        isUpper &= (uint)((1UL << letters) - 1);
        upper = BitOperations.PopCount(isUpper);
        seams = BitOperations.PopCount(isUpper & ~(isUpper << 1) & ~1u);
        _place += letters;
    }

    private static int OfPiece(int letters) => letters < OfWord.Length ? OfWord[letters] : 166 + 33 * (letters - OfWord.Length + 1);

    /// <summary>Scripts beyond Latin by the first byte of their letters.</summary>
    private int Foreign()
    {
        var lead = _text[_place];
        var start = _place;
        if (lead < 0xe0)
        {
            while (_place < _text.Length && _text[_place] >= 0x80 && _text[_place] < 0xe0)
                _place++;
            _previous = Run.Word;
            var letters = Math.Max(1, (_place - start) / 2);
            return lead switch
            {
                0xc2 => 80 * letters,
                <= 0xca => 75 + 25 * letters,
                0xce or 0xcf => 60 + 36 * letters,
                0xd0 or 0xd1 or 0xd2 => 60 + 19 * letters,
                0xd6 or 0xd7 => 60 + 39 * letters,
                _ => 50 + 25 * letters,
            };
        }

        _place = Math.Min(_text.Length, _place + (lead >= 0xf0 ? 4 : 3));
        _previous = Run.Word;
        return lead switch
        {
            0xe0 => _text[Math.Min(start + 1, _text.Length - 1)] >= 0xb8 ? 40 : 38,
            0xe1 => 90,
            0xe2 => 90,
            0xe3 => 68,
            0xef => 90,
            >= 0xea and <= 0xed => 72,
            >= 0xf0 => 130,
            _ => 69,
        };
    }
}
