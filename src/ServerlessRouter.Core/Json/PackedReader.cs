using System.Text;

namespace ServerlessRouter.Json;

/// <summary>Reads what <see cref="PackedWriter"/> wrote. What is not there, or is no such thing, is an <see cref="InvalidDataException"/>; four numbers that are no decimal are an <see cref="ArgumentException"/>.</summary>
internal ref struct PackedReader(ReadOnlySpan<byte> bytes)
{
    private const byte More = 0x80;
    private const int BitsOfLong = 64;

    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _at;

    public readonly int Left => _bytes.Length - _at;

    public byte Byte() => _at < _bytes.Length ? _bytes[_at++] : throw Broken();

    public bool Flag() => Byte() != 0;

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

    public string Text() => Encoding.UTF8.GetString(_bytes[Bytes()]);

    public string? OptionalText() => Flag() ? Text() : null;

    public decimal Money()
    {
        Span<int> bits = stackalloc int[4];
        foreach (ref var part in bits)
            part = (int)(uint)Number();
        return new decimal(bits);
    }

    /// <summary>Where the bytes stand.</summary>
    public Range Bytes()
    {
        var length = Count();
        if (length > Left)
            throw Broken();
        var start = _at;
        _at += length;
        return start.._at;
    }

    private static InvalidDataException Broken() => new("Packed bytes end too early, or were written by a later version.");
}
