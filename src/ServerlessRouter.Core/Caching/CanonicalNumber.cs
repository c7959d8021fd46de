using System.Buffers.Text;

namespace ServerlessRouter.Caching;

/// <summary>Writes a JSON number by its value: 1, 1.0 and 10e-1 come out alike, and no digit is lost, however many there are.</summary>
internal static class CanonicalNumber
{
    /// <summary>What the form may have more than the number as written.</summary>
    public const int MaxAddedBytes = 32;

    /// <summary>An exponent of more digits is left as written: no vendor reads such a number.</summary>
    private const int MaxExponentDigits = 9;

    /// <summary>Answers the bytes written: the sign, the digits from the first to the last that is not 0, and the power of ten.</summary>
    public static int Write(ReadOnlySpan<byte> number, Span<byte> output)
    {
        var mantissa = number.IndexOfAny((byte)'e', (byte)'E') is >= 0 and var mark ? number[..mark] : number;
        var exponent = 0L;
        if (mantissa.Length < number.Length)
        {
            var written = number[(mantissa.Length + 1)..].TrimStart((byte)'+');
            if (written.TrimStart("-0"u8).Length > MaxExponentDigits || !Utf8Parser.TryParse(written, out exponent, out var read) || read != written.Length)
            {
                number.CopyTo(output);
                return number.Length;
            }
        }

        var isNegative = mantissa[0] == '-';
        var length = 0;
        if (isNegative)
            output[length++] = (byte)'-';
        var first = length;
        var point = mantissa.IndexOf((byte)'.');
        var whole = mantissa[(isNegative ? 1 : 0)..(point < 0 ? mantissa.Length : point)];
        var fraction = point < 0 ? default : mantissa[(point + 1)..];
        whole = whole.TrimStart((byte)'0');
        exponent -= fraction.Length;
        if (whole.IsEmpty)
            fraction = fraction.TrimStart((byte)'0');
        whole.CopyTo(output[length..]);
        length += whole.Length;
        fraction.CopyTo(output[length..]);
        length += fraction.Length;
        var digits = output[first..length].TrimEnd((byte)'0').Length;
        if (digits == 0)
        {
            output[0] = (byte)'0';
            return 1;
        }

        exponent += length - first - digits;
        length = first + digits;
        output[length++] = (byte)'e';
        Utf8Formatter.TryFormat(exponent, output[length..], out var exponentLength);
        return length + exponentLength;
    }
}
