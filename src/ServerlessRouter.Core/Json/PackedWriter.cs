using System.Text;

namespace ServerlessRouter.Json;

/// <summary>Writes numbers in as few bytes as they need, and what consists of them.</summary>
internal readonly struct PackedWriter(PooledWriter output)
{
    private const int MaxNumberBytes = 10;
    private const byte More = 0x80;

    public void Byte(byte value)
    {
        output.GetSpan(1)[0] = value;
        output.Advance(1);
    }

    public void Flag(bool value) => Byte(value ? (byte)1 : (byte)0);

    public void Number(long value)
    {
        var span = output.GetSpan(MaxNumberBytes);
        var (length, rest) = (0, (ulong)value);
        for (; rest >= More; rest >>= 7)
            span[length++] = (byte)(rest | More);
        span[length++] = (byte)rest;
        output.Advance(length);
    }

    public void Text(string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        Number(length);
        output.Advance(Encoding.UTF8.GetBytes(text, output.GetSpan(length)));
    }

    public void OptionalText(string? text)
    {
        Flag(text is not null);
        if (text is not null)
            Text(text);
    }

    public void Money(decimal usd)
    {
        Span<int> bits = stackalloc int[4];
        decimal.GetBits(usd, bits);
        foreach (var part in bits)
            Number((uint)part);
    }

    public void Bytes(ReadOnlySpan<byte> bytes)
    {
        Number(bytes.Length);
        output.Append(bytes);
    }
}
