using System.Buffers;
using System.Numerics;
using System.Runtime.Intrinsics;

namespace ServerlessRouter.Classification;

/// <summary>Prices the runs of a text, one after the other, in hundredths of a token.</summary>
/// <remarks>The prices were read off the o200k_base tokenizer: means over English words by length, and over short texts of each script.</remarks>
internal ref struct TokenWalk(ReadOnlySpan<byte> text)
{
    private const int MinBase64Length = 40;

    /// <summary>What each letter beyond six costs more in a long word of French, Spanish or Portuguese than of English.</summary>
    private const long SouthernLetterPrice = 7;

    /// <summary>So many words of a hundred with accents tell a whole text in one of those languages.</summary>
    private const int SouthernPercent = 5;

    // ä å æ ö ø ü ß and their capitals, by their second byte: a bit for each behind 0xc3.
    private const ulong NorthernLetters = (1UL << 0x24) | (1UL << 0x25) | (1UL << 0x26) | (1UL << 0x36) | (1UL << 0x38) | (1UL << 0x3c) | (1UL << 0x1f)
        | (1UL << 0x04) | (1UL << 0x05) | (1UL << 0x06) | (1UL << 0x16) | (1UL << 0x18) | (1UL << 0x1c);

    private static readonly SearchValues<byte> Base64 = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=-_"u8);

    private readonly ReadOnlySpan<byte> _text = text;
    private int _place;

    /// <summary>The kind of the run before the current one decides what merges.</summary>
    private Run _previous;

    private int _asciiWords;
    private int _accentedWords;
    private int _farAccents;
    private int _northernAccents;
    private int _lettersBeyondSix;

    /// <summary>How much less the words with accents cost if the text turns out to be of the south.</summary>
    private long _southernDiscount;
    private int _vietnameseAccents;

    /// <summary>Since the last white space there was a word of random letters.</summary>
    private bool _isRandom;
    private long _asciiWordPrice;
    private int _cyrillicLetters;
    private int _ukrainianLetters;
    private long _cyrillicPrice;

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
        _isRandom = IsBase64(_text);
        while (_place < _text.Length)
        {
            var value = _text[_place];
            // What most of a text is made of: a space and a word.
            if (value == ' ' && _place + 1 < _text.Length && IsLetter(_text[_place + 1]))
            {
                (_previous, _isRandom) = (Run.Space, false);
                _place++;
                sum += Word();
                continue;
            }

            sum += value switch
            {
                (byte)' ' or (byte)'\t' or (byte)'\n' or (byte)'\r' => Spaces(),
                >= (byte)'0' and <= (byte)'9' => Digits(),
                _ when IsLetter(value) => Word(),
                < 0x80 => Punctuation(),
                _ => Foreign(),
            };
        }

        sum += OfOtherLanguage();
        // Russian is what tokenizers have seen most of in its script.
        if (_ukrainianLetters * 50 > _cyrillicLetters)
            sum += _cyrillicPrice * 36 / 100;
        return sum;
    }

    /// <summary>
    /// What words cost more or less in a language that has accents. In the south (French, Spanish, Portuguese) it is the long ones that cost more, because tokenizers have seen much
    /// of these languages; elsewhere it is all.
    /// </summary>
    private readonly long OfOtherLanguage()
    {
        if (_accentedWords == 0)
            return 0;
        if (_vietnameseAccents * 2 >= _accentedWords)
            return -_southernDiscount;
        if ((_northernAccents + _farAccents) * 6 <= _accentedWords)
            return (_lettersBeyondSix * SouthernLetterPrice * Math.Min(SouthernPercent, 100 * _accentedWords / Math.Max(1, _asciiWords)) / SouthernPercent) - _southernDiscount;
        return _accentedWords * 20 > _asciiWords
            ? _asciiWordPrice * Math.Min(_farAccents * 2 > _accentedWords ? 40 : 22, 60 * _accentedWords / Math.Max(1, _asciiWords)) / 100
            : 0;
    }

    /// <summary>Nothing but the letters of base64, of both cases and beyond those of hexadecimal figures.</summary>
    private static bool IsBase64(ReadOnlySpan<byte> text) =>
        text.Length >= MinBase64Length && !text.ContainsAnyExcept(Base64) && text.ContainsAnyInRange((byte)'g', (byte)'z') && text.ContainsAnyInRange((byte)'G', (byte)'Z');

    private static bool IsLetter(byte value) => (byte)((value | 0x20) - 'a') < 26;

    private static bool IsUpper(byte value) => (byte)(value - 'A') < 26;

    private static bool IsAccentLead(byte value) => value is >= 0xc3 and <= 0xca;

    /// <summary>Spaces join what follows, save digits; a run of them is one token, and so are line breaks.</summary>
    private int Spaces()
    {
        var rest = _text[_place..];
        _isRandom = false;
        var (breaks, tabs) = (0, 0);
        var length = 0;
        for (; length < rest.Length && rest[length] is (byte)' ' or (byte)'\t' or (byte)'\n' or (byte)'\r'; length++)
        {
            breaks += rest[length] is (byte)'\n' or (byte)'\r' ? 1 : 0;
            tabs += rest[length] == (byte)'\t' ? 1 : 0;
        }

        _place += length;
        if (length == _text.Length && length > 1)
            return OfWhiteSpace(length - breaks - tabs, Math.Max(1, breaks + tabs));
        var before = _previous;
        _previous = breaks > 0 ? Run.Break : Run.Space;
        // The longest tokens are 16 line breaks or tabs, 128 spaces.
        var further = breaks / 17 * 100 + tabs / 17 * 100 + (length - breaks - tabs) / 129 * 100;
        if (breaks > 0)
        {
            var indented = rest[length - 1] is (byte)' ' or (byte)'\t';
            return (before == Run.Punctuation ? 30 : 100) + (indented && length > 2 ? 90 : 0) + further;
        }

        var beforeDigits = length < rest.Length && rest[length] is >= (byte)'0' and <= (byte)'9';
        return (beforeDigits ? 100 : 0) + (length > 1 && !beforeDigits ? 100 : 0) + further;
    }

    /// <summary>A part of longer white space: the longest tokens are 16 line breaks or tabs, 128 spaces.</summary>
    private static int OfWhiteSpace(int spaces, int others) => (others * 100 / 16) + (spaces * 100 / 128);

    /// <inheritdoc cref="OfWhiteSpace(int, int)"/>
    public static int OfWhiteSpace(ReadOnlySpan<byte> text)
    {
        var spaces = text.Count((byte)' ');
        return OfWhiteSpace(spaces, text.Length - spaces);
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
        var (length, repeated) = (1, 0);
        for (; length < rest.Length && IsPunctuation(rest[length]); length++)
            repeated += rest[length] == rest[length - 1] ? 1 : 0;
        _place += length;
        _previous = Run.Punctuation;
        // One sign often joins the word after it, as in ".name" or "(x".
        if (length == 1)
            return length < rest.Length && IsLetter(rest[length]) && !_isRandom ? 24 : 95;
        if (repeated == length - 1 && length > 3)
            return 100 + (length - 1) / MaxRunLength(rest[0]) * 100;
        // Of signs that are repeated few count.
        return 60 + 28 * (length - Math.Max(0, repeated - 2) * 9 / 10);
    }

    /// <summary>Rules and underlines of these signs are tokens of up to 64.</summary>
    private static int MaxRunLength(byte sign) => sign is (byte)'=' or (byte)'-' or (byte)'*' or (byte)'_' or (byte)'#' or (byte)'.' or (byte)'/' or (byte)'~' ? 64 : 6;

    private static bool IsPunctuation(byte value) => value is > (byte)' ' and < 0x7f && !IsLetter(value) && value is < (byte)'0' or > (byte)'9' and < 0x7f;

    private int Word()
    {
        var start = _place;
        var joined = _previous is Run.Space or Run.None;
        var (accents, far, vietnamese, northern) = (0, 0, 0, 0);
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
                if (value > 0xc3)
                    far++;
                else
                    northern |= (int)(NorthernLetters >> (_text[_place + 1] & 0x3f)) & 1;
                _place += 2;
            }
            else if (value == 0xe1 && _place + 2 < _text.Length)
            {
                // Vietnamese.
                accents++;
                vietnamese++;
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
            _farAccents += far > 0 ? 1 : 0;
            _vietnameseAccents += vietnamese > 0 ? 1 : 0;
            _northernAccents += northern;
            var accented = 75 + 16 * letters + 8 * accents + (far > 0 ? 30 : 0);
            if (northern + far + vietnamese == 0)
                _southernDiscount += accented - Math.Max(100, 60 + 12 * letters);
            return accented;
        }

        _asciiWords++;
        // Random letters, as in base64: no word has so many seams for its length, nor such pieces.
        if (seams > 0 && seams * 4 >= letters)
        {
            _isRandom |= letters > 4;
            return 45 + 61 * letters;
        }

        if (_isRandom)
            return letters < 3 ? 105 : 45 + 50 * letters;
        var pieces = seams + 1;
        var price = upper == letters && letters > 2
            ? 60 + 21 * letters
            : pieces * OfPiece(letters / pieces) - 15 * seams + (joined || letters < 4 ? 0 : 5);
        if (afterDigits)
            price += 10;
        _asciiWordPrice += price;
        _lettersBeyondSix += Math.Max(0, letters - 6);
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

    /// <summary>Letters beyond Latin, a run of one script at a time, and signs.</summary>
    private int Foreign()
    {
        if (IsEastAsian(_place))
            return EastAsian();
        var script = ScriptAt(_place);
        var letters = 0;
        do
        {
            if (TokenScripts.IsCyrillic(script))
                _ukrainianLetters += IsUkrainian(_text[_place], NextOf(_place)) ? 1 : 0;
            _place = Math.Min(_text.Length, _place + TokenScripts.Bytes(_text[_place]));
            letters++;
        }
        while (_place < _text.Length && _text[_place] >= 0x80 && ScriptAt(_place) == script);

        _previous = Run.Word;
        var price = TokenScripts.Price(script, letters);
        if (TokenScripts.IsCyrillic(script))
        {
            _cyrillicLetters += letters;
            _cyrillicPrice += price;
        }

        return price;
    }

    /// <summary>Chinese characters and kana: pairs that are a token, and the others one by one.</summary>
    private int EastAsian()
    {
        var sum = 0;
        while (IsEastAsian(_place))
        {
            var letter = LetterOfThree(_place);
            _place += 3;
            if (IsEastAsian(_place) && TokenPairs.Contains(letter, LetterOfThree(_place)))
            {
                sum += TokenScripts.PairPrice;
                _place += 3;
            }
            else
            {
                sum += letter < TokenScripts.FirstHan ? TokenScripts.KanaPrice : TokenScripts.HanPrice;
            }
        }

        _previous = Run.Word;
        return sum;
    }

    private readonly bool IsEastAsian(int place) => place + 2 < _text.Length && TokenScripts.IsEastAsian(_text[place], _text[place + 1]);

    private readonly int LetterOfThree(int place) => ((_text[place] & 0x0f) << 12) | ((_text[place + 1] & 0x3f) << 6) | (_text[place + 2] & 0x3f);

    private readonly byte ScriptAt(int place) => TokenScripts.Of(_text[place], NextOf(place));

    private readonly byte NextOf(int place) => place + 1 < _text.Length ? _text[place + 1] : (byte)0x80;

    /// <summary>і ї є ґ.</summary>
    private static bool IsUkrainian(byte lead, byte next) => (lead, next) is (0xd1, 0x94 or 0x96 or 0x97) or (0xd2, 0x91);
}
