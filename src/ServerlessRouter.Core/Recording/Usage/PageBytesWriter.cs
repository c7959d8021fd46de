using System.Buffers;
using System.Text;

namespace ServerlessRouter.Recording.Usage;

/// <summary>Writes numbers in as few bytes as they need.</summary>
internal sealed class PageBytesWriter
{
    private const int MaxNumberBytes = 10;
    private const byte More = 0x80;

    private readonly ArrayBufferWriter<byte> _output = new(4096);

    public ReadOnlySpan<byte> Written => _output.WrittenSpan;

    public void Byte(byte value)
    {
        _output.GetSpan(1)[0] = value;
        _output.Advance(1);
    }

    public void Number(long value)
    {
        var span = _output.GetSpan(MaxNumberBytes);
        var (length, rest) = (0, (ulong)value);
        for (; rest >= More; rest >>= 7)
            span[length++] = (byte)(rest | More);
        span[length++] = (byte)rest;
        _output.Advance(length);
    }

    public void Text(string text)
    {
        Number(Encoding.UTF8.GetByteCount(text));
        Encoding.UTF8.GetBytes(text, _output);
    }

    public void Money(decimal usd)
    {
        Span<int> bits = stackalloc int[4];
        decimal.GetBits(usd, bits);
        foreach (var part in bits)
            Number((uint)part);
    }
}

/// <summary>Reads what <see cref="PageBytesWriter"/> wrote.</summary>
internal ref struct PageBytesReader(ReadOnlySpan<byte> bytes)
{
    private const byte More = 0x80;
    private const int BitsOfLong = 64;

    private ReadOnlySpan<byte> _rest = bytes;

    public byte Byte()
    {
        if (_rest.IsEmpty)
            throw Broken();
        var value = _rest[0];
        _rest = _rest[1..];
        return value;
    }

    public long Number()
    {
        ulong value = 0;
        for (var shift = 0; shift < BitsOfLong; shift += 7)
        {
            var next = Byte();
            value |= (ulong)(next & ~More) << shift;
            if (next < More)
                return (long)value;
        }

        throw Broken();
    }

    public int Count() => Number() is >= 0 and <= int.MaxValue and var count ? (int)count : throw Broken();

    public string Text()
    {
        var length = Count();
        if (length > _rest.Length)
            throw Broken();
        var text = Encoding.UTF8.GetString(_rest[..length]);
        _rest = _rest[length..];
        return text;
    }

    public decimal Money()
    {
        Span<int> bits = stackalloc int[4];
        foreach (ref var part in bits)
            part = (int)(uint)Number();
        return new decimal(bits);
    }

    private static InvalidDataException Broken() => new("A packed row of usage cannot be read: it ends too early or was written by a later version.");
}
