namespace ServerlessRouter.Doors.Messages;

/// <summary>Follows the arguments of a call piece by piece and knows when their JSON object is whole. The pieces are the inside of JSON strings, escapes and all.</summary>
internal struct ArgumentsEnd
{
    private const byte Backslash = (byte)'\\';

    private int _depth;
    private bool _hasBegun;
    private bool _isInText;
    private bool _isEscaped;

    /// <summary>Of an escape of the string around: 0 outside of one, 1 behind the backslash, 2 to 5 in the digits of a <c>\u</c>.</summary>
    private int _escape;
    private int _code;

    /// <summary>An object has begun and ended.</summary>
    public readonly bool IsWhole => _hasBegun && _depth == 0;

    public void Add(ReadOnlySpan<byte> piece)
    {
        foreach (var value in piece)
        {
            if (_escape == 0 && value != Backslash)
                Take(value);
            else
                TakeEscape(value);
        }
    }

    private void TakeEscape(byte value)
    {
        switch (_escape)
        {
            case 0:
                _escape = 1;
                break;
            case 1 when value == 'u':
                (_escape, _code) = (2, 0);
                break;
            case 1:
                _escape = 0;
                // What the others stand for is white space to the arguments, or nothing to them.
                Take(value is (byte)'"' or Backslash ? value : (byte)' ');
                break;
            default:
                _code = (_code << 4) | HexDigit(value);
                if (++_escape < 6)
                    break;
                _escape = 0;
                Take(_code < 0x80 ? (byte)_code : (byte)' ');
                break;
        }
    }

    private void Take(byte value)
    {
        if (_isInText)
        {
            if (_isEscaped)
                _isEscaped = false;
            else if (value == Backslash)
                _isEscaped = true;
            else if (value == '"')
                _isInText = false;
            return;
        }

        switch (value)
        {
            case (byte)'"':
                _isInText = true;
                break;
            case (byte)'{' or (byte)'[':
                _depth++;
                _hasBegun = true;
                break;
            case (byte)'}' or (byte)']':
                _depth--;
                break;
        }
    }

    private static int HexDigit(byte value) => char.IsAsciiHexDigit((char)value) ? (value & 0xF) + (value > '9' ? 9 : 0) : 0;
}
