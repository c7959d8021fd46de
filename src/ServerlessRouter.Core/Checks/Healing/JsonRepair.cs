using System.Buffers;
using ServerlessRouter.Json;

namespace ServerlessRouter.Checks.Healing;

/// <summary>
/// Reads one object or list that a model wrote almost as JSON, and writes it as JSON: 1 objects and lists, their commas and closings, 2 names, 3 numbers and words, 4 what stands between. Texts are
/// <see cref="TextRepair"/>'s. What could mean two things is broken, not guessed.
/// </summary>
/// <remarks>One pass without going back, so the work is linear in the text; nesting is bounded by <see cref="MaxDepth"/>.</remarks>
internal ref struct JsonRepair(ReadOnlySpan<byte> text, OpenEnd end, PooledWriter output)
{
    /// <summary>Deeper JSON than this is nothing a caller asked for.</summary>
    public const int MaxDepth = 64;

    private const int MaxWordBytes = 9;

    private static readonly SearchValues<byte> NumberBytes = SearchValues.Create("0123456789+-.eE"u8);

    private readonly PooledWriter _output = output;
    private readonly OpenEnd _end = end;
    private readonly ReadOnlySpan<byte> _text = text;
    private int _place;
    private int _depth;
    private bool _sawLineBreak;
    private bool _hasEnded;

    /// <summary>Where reading stopped.</summary>
    public readonly int Place => _place;

    /// <summary>A name with its colon was read, so what failed was meant to be JSON.</summary>
    public bool ReadMembers { get; private set; }

    /// <summary>Reads the value that begins here; false where it cannot be told what it means.</summary>
    public bool TryRead(int start)
    {
        _place = start;
        return ReadValue() == Outcome.Whole;
    }

    private Outcome ReadValue()
    {
        SkipBetween();
        if (IsAtEnd)
            return Outcome.Missing;
        var first = _text[_place];
        return first switch
        {
            (byte)'{' => ReadObject(),
            (byte)'[' => ReadList(),
            >= (byte)'0' and <= (byte)'9' or (byte)'-' or (byte)'+' or (byte)'.' => ReadNumber(),
            _ when TextRepair.QuoteAt(_text[_place..]) > 0 => ReadText(isName: false),
            _ => ReadWord(),
        };
    }

    private Outcome ReadObject()
    {
        if (!Open('{'))
            return Outcome.Broken;
        var (count, hasComma) = (0, false);
        while (true)
        {
            SkipBetween();
            if (IsAtEnd)
                return CloseAtEnd('}');
            switch (_text[_place])
            {
                case (byte)'}':
                    return Close('}');
                case (byte)']' when MayClose && _depth > 1:
                    return CloseBefore('}');
                case (byte)',' when count > 0 && !hasComma:
                    (hasComma, _place) = (true, _place + 1);
                    continue;
                case (byte)',':
                    return Outcome.Broken;
            }

            if (count > 0 && !hasComma && !(_sawLineBreak && TextRepair.QuoteAt(_text[_place..]) > 0))
                return Outcome.Broken;
            var mark = _output.Length;
            if (count > 0)
                _output.Append(","u8);
            var outcome = ReadMember();
            if (outcome is Outcome.Missing && MayClose)
            {
                _output.CutTo(mark);
                return CloseAtEnd('}');
            }

            if (outcome != Outcome.Whole)
                return Outcome.Broken;
            (count, hasComma) = (count + 1, false);
        }
    }

    private Outcome ReadMember()
    {
        if (ReadName() is var name and not Outcome.Whole)
            return name;
        SkipBetween();
        if (IsAtEnd)
            return Outcome.Missing;
        if (_text[_place] != ':')
            return Outcome.Broken;
        _place++;
        ReadMembers = true;
        _output.Append(":"u8);
        return ReadValue();
    }

    private Outcome ReadList()
    {
        if (!Open('['))
            return Outcome.Broken;
        var (count, hasComma, wasNested) = (0, false, false);
        while (true)
        {
            SkipBetween();
            if (IsAtEnd)
                return CloseAtEnd(']');
            switch (_text[_place])
            {
                case (byte)']':
                    return Close(']');
                case (byte)'}' when MayClose && _depth > 1:
                    return CloseBefore(']');
                case (byte)',' when count > 0 && !hasComma:
                    (hasComma, _place) = (true, _place + 1);
                    continue;
                case (byte)',':
                    return Outcome.Broken;
            }

            var isNested = _text[_place] is (byte)'{' or (byte)'[';
            if (count > 0 && !hasComma && !(wasNested && isNested) && !(_sawLineBreak && TextRepair.QuoteAt(_text[_place..]) > 0))
                return Outcome.Broken;
            var mark = _output.Length;
            if (count > 0)
                _output.Append(","u8);
            var outcome = ReadValue();
            if (outcome is Outcome.Missing && MayClose)
            {
                _output.CutTo(mark);
                return CloseAtEnd(']');
            }

            if (outcome != Outcome.Whole)
                return Outcome.Broken;
            (count, hasComma, wasNested) = (count + 1, false, isNested);
        }
    }

    private readonly bool MayClose => _end != OpenEnd.Refused;

    private readonly bool IsAtEnd => _hasEnded || _place >= _text.Length;

    private bool Open(char bracket)
    {
        _place++;
        _output.Append([(byte)bracket]);
        return ++_depth <= MaxDepth;
    }

    private Outcome Close(char bracket)
    {
        _place++;
        return CloseBefore(bracket);
    }

    private Outcome CloseAtEnd(char bracket) => MayClose ? CloseBefore(bracket) : Outcome.Broken;

    private Outcome CloseBefore(char bracket)
    {
        _depth--;
        _output.Append([(byte)bracket]);
        return Outcome.Whole;
    }

    private Outcome ReadName()
    {
        if (TextRepair.QuoteAt(_text[_place..]) > 0)
            return ReadText(isName: true);
        var start = _place;
        while (!IsAtEnd && IsNameByte(_text[_place], isFirst: _place == start))
            _place++;
        if (_place == start)
            return Outcome.Broken;
        _output.Append("\""u8);
        _output.Append(_text[start.._place]);
        _output.Append("\""u8);
        // The quote in front was lost, the one behind was not.
        if (!IsAtEnd && _text[_place] == '"')
            _place++;
        return Outcome.Whole;
    }

    private Outcome ReadText(bool isName)
    {
        var repair = new TextRepair(_text[_place..], _depth, isName, MayClose, _output);
        var isRead = repair.TryRead(out var length);
        _place += length;
        if (!isRead)
            return Outcome.Broken;
        return isName && repair.IsOpen ? Outcome.Missing : Outcome.Whole;
    }

    private Outcome ReadNumber()
    {
        var rest = _text[_place..];
        var length = rest.IndexOfAnyExcept(NumberBytes);
        var written = length < 0 ? rest : rest[..length];
        _place += written.Length;
        if (IsAtEnd && (_end == OpenEnd.ClosedAsCut || (MayClose && written[^1] is (byte)'-' or (byte)'+' or (byte)'e' or (byte)'E')))
            return Outcome.Missing;
        return (IsAtEnd || IsBoundary(_text[_place])) && NumberRepair.TryWrite(written, _output) ? Outcome.Whole : Outcome.Broken;
    }

    private Outcome ReadWord()
    {
        var start = _place;
        while (!IsAtEnd && _place - start <= MaxWordBytes && char.IsAsciiLetter((char)_text[_place]))
            _place++;
        var word = _text[start.._place];
        ReadOnlySpan<byte> meant = word switch
        {
            _ when word.SequenceEqual("true"u8) || word.SequenceEqual("True"u8) || word.SequenceEqual("TRUE"u8) => "true"u8,
            _ when word.SequenceEqual("false"u8) || word.SequenceEqual("False"u8) || word.SequenceEqual("FALSE"u8) => "false"u8,
            _ when word.SequenceEqual("null"u8) || word.SequenceEqual("None"u8) || word.SequenceEqual("NULL"u8) || word.SequenceEqual("undefined"u8) || word.SequenceEqual("NaN"u8) => "null"u8,
            _ => default,
        };
        if (!meant.IsEmpty && (IsAtEnd || IsBoundary(_text[_place])))
        {
            _output.Append(meant);
            return Outcome.Whole;
        }

        return IsAtEnd && !word.IsEmpty && ("true"u8.StartsWith(word) || "false"u8.StartsWith(word) || "null"u8.StartsWith(word)) ? Outcome.Missing : Outcome.Broken;
    }

    /// <summary>White space and comments; the fence of a code block ends the text.</summary>
    private void SkipBetween()
    {
        _sawLineBreak = false;
        while (!IsAtEnd)
        {
            var rest = _text[_place..];
            if (rest[0] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
            {
                _sawLineBreak |= rest[0] == '\n';
                _place++;
            }
            else if (rest.StartsWith("\u00A0"u8) || rest.StartsWith("\uFEFF"u8))
            {
                _place += rest[0] == 0xC2 ? 2 : 3;
            }
            else if (rest.StartsWith("//"u8))
            {
                var line = rest.IndexOf((byte)'\n');
                _place = line < 0 ? _text.Length : _place + line;
            }
            else if (rest.StartsWith("/*"u8))
            {
                var close = rest[2..].IndexOf("*/"u8);
                _place = close < 0 ? _text.Length : _place + close + 4;
            }
            else
            {
                _hasEnded = rest.StartsWith("```"u8);
                return;
            }
        }
    }

    private static bool IsNameByte(byte one, bool isFirst) => one >= 0x80 || char.IsAsciiLetter((char)one) || one is (byte)'_' or (byte)'$' || (!isFirst && (char.IsAsciiDigit((char)one) || one == '-'));

    private static bool IsBoundary(byte one) => one is (byte)',' or (byte)'}' or (byte)']' or (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n' or (byte)'/' or (byte)'`' or 0xC2 or 0xEF;

    private enum Outcome
    {
        Whole,
        Broken,

        /// <summary>The text ended before it could be told what stands there.</summary>
        Missing,
    }
}
