using System.Buffers.Text;

namespace ServerlessRouter.Classification.Answers;

/// <summary>Evaluates sums such as "3*(4+5)/2" as people write them into answers.</summary>
internal ref struct Arithmetic
{
    private const int DeepestNesting = 16;

    private readonly ReadOnlySpan<byte> _text;
    private int _place;
    private int _depth;
    private bool _failed;
    private int _operations;

    private Arithmetic(ReadOnlySpan<byte> text) => _text = text;

    /// <summary>The value of an expression with at least one operation; false when it is none.</summary>
    public static bool TryEvaluate(ReadOnlySpan<byte> expression, out double value)
    {
        var arithmetic = new Arithmetic(expression);
        value = arithmetic.Sum();
        return !arithmetic._failed && arithmetic._operations > 0 && arithmetic.Peek() == 0 && double.IsFinite(value);
    }

    /// <summary>The number at the start of the text, thousands separators read over; `length` is what it takes up.</summary>
    public static bool TryNumber(ReadOnlySpan<byte> text, out double value, out int length)
    {
        Span<byte> digits = stackalloc byte[24];
        var count = 0;
        length = 0;
        while (length < text.Length && count < digits.Length)
        {
            var current = text[length];
            var digitFollows = length + 1 < text.Length && text[length + 1] is >= (byte)'0' and <= (byte)'9';
            if (current is >= (byte)'0' and <= (byte)'9' || (current == (byte)'.' && digitFollows))
                digits[count++] = current;
            else if (current != (byte)',' || !digitFollows || count == 0)
                break;
            length++;
        }

        value = 0;
        return count > 0 && Utf8Parser.TryParse(digits[..count], out value, out _);
    }

    private double Sum()
    {
        var value = Product();
        while (!_failed)
        {
            switch (Peek())
            {
                case (byte)'+':
                    Take();
                    value += Product();
                    break;
                case (byte)'-':
                    Take();
                    value -= Product();
                    break;
                default:
                    return value;
            }
        }

        return value;
    }

    private double Product()
    {
        var value = Factor();
        while (!_failed)
        {
            switch (Peek())
            {
                case (byte)'*' or (byte)'x':
                    Take();
                    value *= Factor();
                    break;
                case (byte)'/':
                    Take();
                    value /= Factor();
                    break;
                default:
                    return value;
            }
        }

        return value;
    }

    private double Factor()
    {
        switch (Peek())
        {
            case (byte)'(' when _depth < DeepestNesting:
                _place++;
                _depth++;
                var inner = Sum();
                _depth--;
                _failed |= Peek() != (byte)')';
                _place++;
                return Percent(inner);
            case (byte)'-':
                _place++;
                return _depth++ < DeepestNesting ? -Factor() : Fail();
            default:
                if (!TryNumber(_text[Math.Min(_place, _text.Length)..], out var value, out var length))
                    return Fail();
                _place += length;
                return Percent(value);
        }
    }

    private double Percent(double value)
    {
        if (Peek() != (byte)'%')
            return value;
        _place++;
        return value / 100;
    }

    private double Fail()
    {
        _failed = true;
        return 0;
    }

    private void Take()
    {
        _place++;
        _operations++;
    }

    /// <summary>The next byte that is neither blank nor a currency sign; 0 at the end.</summary>
    private byte Peek()
    {
        while (_place < _text.Length && _text[_place] is (byte)' ' or (byte)'$')
            _place++;
        return _place < _text.Length ? _text[_place] : (byte)0;
    }
}
