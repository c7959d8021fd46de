using System.Buffers;
using ServerlessRouter.Json;

namespace ServerlessRouter.Checks.Healing;

/// <summary>
/// Reads one quoted text that a model wrote almost as JSON, and writes it as JSON: control characters are escaped, escapes that JSON does not have lose their meaning, single and typographic quotes become
/// double ones, and a quote in the middle of the text is told from its end by what follows.
/// </summary>
internal ref struct TextRepair(ReadOnlySpan<byte> text, int depth, bool isName, bool mayClose, PooledWriter output)
{
    /// <summary>A longer word behind a comma is no name.</summary>
    private const int MaxNameBytes = 64;

    private const int TypographicBytes = 3;
    private const int UnicodeEscapeBytes = 6;

    private static readonly SearchValues<byte> Special = SearchValues.Create([.. "\"'\\"u8, 0xE2, .. Enumerable.Range(0, 0x20).Select(static control => (byte)control)]);

    private static readonly SearchValues<byte> Spaces = SearchValues.Create(" \t\r\n"u8);

    private readonly ReadOnlySpan<byte> _text = text;
    private readonly PooledWriter _output = output;
    private int _place;
    private int _inner;
    private bool _hasControls;

    /// <summary>The text ended before its closing quote.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>The bytes of the quote that stands here; 0 for none.</summary>
    public static int QuoteAt(ReadOnlySpan<byte> text) =>
        text.StartsWith("\""u8) || text.StartsWith("'"u8) ? 1 : text.StartsWith("\u201C"u8) || text.StartsWith("\u201D"u8) ? TypographicBytes : 0;

    /// <summary>Reads from the opening quote to behind the closing one.</summary>
    public bool TryRead(out int length)
    {
        var isSingle = _text[0] == '\'';
        var isDouble = _text[0] == '"';
        _place = QuoteAt(_text);
        _output.Append("\""u8);
        while (true)
        {
            var special = _text[_place..].IndexOfAny(Special);
            _output.Append(special < 0 ? _text[_place..] : _text.Slice(_place, special));
            _place = special < 0 ? _text.Length : _place + special;
            length = _place;
            if (special < 0)
                return EndOpen();
            switch (_text[_place])
            {
                case (byte)'\\':
                    CopyEscape();
                    continue;
                case < 0x20:
                    EscapeControl(_text[_place++]);
                    continue;
                case (byte)'"' when isSingle:
                    Escape();
                    continue;
                case (byte)'\'' when !isSingle:
                case 0xE2 when isDouble || isSingle || QuoteAt(_text[_place..]) == 0:
                    _output.Append(_text.Slice(_place++, 1));
                    continue;
            }

            var quote = QuoteAt(_text[_place..]);
            if (IsClosing(_place + quote))
            {
                _place += quote;
                length = _place;
                _output.Append("\""u8);
                return _inner % 2 == 0;
            }

            if (isName)
                return false;
            CopyInner(quote, isSingle);
        }
    }

    /// <summary>A text that ran on to the end is closed only where nothing in it looks as if its own quote were lost.</summary>
    private bool EndOpen()
    {
        IsOpen = true;
        _output.Append("\""u8);
        return mayClose && _inner == 0 && !_hasControls;
    }

    /// <summary>A quote inside; an apostrophe inside a word is one, whatever stands around.</summary>
    private void CopyInner(int quote, bool isSingle)
    {
        if (!isSingle || !IsApostrophe())
            _inner++;
        if (isSingle || quote > 1)
            _output.Append(_text.Slice(_place, quote));
        else
            _output.Append("\\\""u8);
        _place += quote;
    }

    private readonly bool IsApostrophe() =>
        _place > 1 && char.IsAsciiLetter((char)_text[_place - 1]) && _place + 1 < _text.Length && char.IsAsciiLetter((char)_text[_place + 1]);

    /// <summary>Whether what follows can only follow a text's end.</summary>
    private readonly bool IsClosing(int behind)
    {
        var next = SkipSpaces(behind, out var hasLineBreak);
        if (next >= _text.Length)
            return true;
        if (isName)
            return _text[next] == ':';
        return _text[next] switch
        {
            (byte)'}' or (byte)']' or (byte)'`' => true,
            (byte)'/' => next + 1 < _text.Length && _text[next + 1] is (byte)'/' or (byte)'*',
            (byte)',' => IsNextItem(SkipSpaces(next + 1, out _)),
            _ => hasLineBreak && QuoteAt(_text[next..]) > 0,
        };
    }

    /// <summary>Behind a comma: what begins a name or a value.</summary>
    private readonly bool IsNextItem(int next)
    {
        if (next >= _text.Length || QuoteAt(_text[next..]) > 0)
            return true;
        if (_text[next] is (byte)'}' or (byte)']' or (byte)'{' or (byte)'[' or (byte)'-' or (byte)'/' or (>= (byte)'0' and <= (byte)'9'))
            return true;
        var name = next;
        while (name < _text.Length && name - next < MaxNameBytes && (char.IsAsciiLetterOrDigit((char)_text[name]) || _text[name] is (byte)'_' or (byte)'$' or (byte)'-'))
            name++;
        var word = _text[next..name];
        if (word.IsEmpty)
            return false;
        if (word.SequenceEqual("true"u8) || word.SequenceEqual("false"u8) || word.SequenceEqual("null"u8) || word.SequenceEqual("None"u8) || word.SequenceEqual("True"u8) || word.SequenceEqual("False"u8))
            return true;
        var behind = SkipSpaces(_text.Length > name && _text[name] == '"' ? name + 1 : name, out _);
        return depth > 0 && behind < _text.Length && _text[behind] == ':';
    }

    private readonly int SkipSpaces(int place, out bool hasLineBreak)
    {
        var rest = _text[Math.Min(place, _text.Length)..];
        var length = rest.IndexOfAnyExcept(Spaces);
        var spaces = length < 0 ? rest : rest[..length];
        hasLineBreak = spaces.Contains((byte)'\n');
        return place + spaces.Length;
    }

    private void CopyEscape()
    {
        var rest = _text[_place..];
        if (rest.Length == 1)
        {
            // The other half was cut off.
            _place++;
            return;
        }

        switch (rest[1])
        {
            case (byte)'"' or (byte)'\\' or (byte)'/' or (byte)'b' or (byte)'f' or (byte)'n' or (byte)'r' or (byte)'t':
                _output.Append(rest[..2]);
                _place += 2;
                break;
            case (byte)'\'':
                _output.Append("'"u8);
                _place += 2;
                break;
            case (byte)'u' when rest.Length >= UnicodeEscapeBytes && AreHex(rest[2..UnicodeEscapeBytes]):
                _output.Append(rest[..UnicodeEscapeBytes]);
                _place += UnicodeEscapeBytes;
                break;
            case (byte)'u' when rest.Length < UnicodeEscapeBytes && AreHex(rest[2..]):
                _place = _text.Length;
                break;
            case (byte)'\n':
                _place++;
                break;
            default:
                _output.Append("\\\\"u8);
                _place++;
                break;
        }
    }

    private void Escape()
    {
        _output.Append([(byte)'\\', _text[_place]]);
        _place++;
    }

    private void EscapeControl(byte control)
    {
        _hasControls = true;
        switch (control)
        {
            case (byte)'\n':
                _output.Append("\\n"u8);
                break;
            case (byte)'\r':
                _output.Append("\\r"u8);
                break;
            case (byte)'\t':
                _output.Append("\\t"u8);
                break;
            default:
                _output.Append([.. "\\u00"u8, (byte)(control < 0x10 ? '0' : '1'), (byte)"0123456789abcdef"[control & 0xF]]);
                break;
        }
    }

    private static bool AreHex(ReadOnlySpan<byte> text)
    {
        foreach (var one in text)
        {
            if (!char.IsAsciiHexDigit((char)one))
                return false;
        }

        return true;
    }
}
