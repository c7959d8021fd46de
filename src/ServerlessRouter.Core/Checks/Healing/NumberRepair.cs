using ServerlessRouter.Json;

namespace ServerlessRouter.Checks.Healing;

/// <summary>Writes a number as JSON has it: without a plus, with a digit on both sides of its point.</summary>
internal static class NumberRepair
{
    public static bool TryWrite(ReadOnlySpan<byte> written, PooledWriter output)
    {
        var rest = written.TrimStart("+"u8);
        if (written.Length - rest.Length > 1)
            return false;
        if (rest.StartsWith("-"u8))
        {
            output.Append("-"u8);
            rest = rest[1..];
        }

        var whole = DigitsOf(rest);
        rest = rest[whole.Length..];
        var fraction = rest.StartsWith("."u8) ? DigitsOf(rest[1..]) : default;
        var hasPoint = rest.StartsWith("."u8);
        rest = hasPoint ? rest[(fraction.Length + 1)..] : rest;
        if ((whole.IsEmpty && fraction.IsEmpty) || (whole.Length > 1 && whole[0] == '0') || !IsExponent(rest))
            return false;
        output.Append(whole.IsEmpty ? "0"u8 : whole);
        if (hasPoint)
        {
            output.Append("."u8);
            output.Append(fraction.IsEmpty ? "0"u8 : fraction);
        }

        output.Append(rest);
        return true;
    }

    private static ReadOnlySpan<byte> DigitsOf(ReadOnlySpan<byte> text)
    {
        var length = text.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        return length < 0 ? text : text[..length];
    }

    private static bool IsExponent(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty)
            return true;
        if (text[0] is not ((byte)'e' or (byte)'E'))
            return false;
        var digits = text.Length > 1 && text[1] is (byte)'+' or (byte)'-' ? text[2..] : text[1..];
        return !digits.IsEmpty && DigitsOf(digits).Length == digits.Length;
    }
}
