using System.Buffers;

namespace ServerlessRouter.Json;

/// <summary>Writes into an array of the shared pool, which can be taken away when full of an answer, or emptied for the next batch.</summary>
internal sealed class PooledWriter(int initialBytes) : IBufferWriter<byte>, IDisposable
{
    private byte[]? _buffer = ArrayPool<byte>.Shared.Rent(initialBytes);

    public int Length { get; private set; }

    public ReadOnlyMemory<byte> Written => Buffer.AsMemory(0, Length);

    private byte[] Buffer => _buffer ?? throw new ObjectDisposedException(nameof(PooledWriter));

    public void Advance(int count) => Length += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        MakeRoom(sizeHint);
        return Buffer.AsMemory(Length);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        MakeRoom(sizeHint);
        return Buffer.AsSpan(Length);
    }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        MakeRoom(bytes.Length);
        bytes.CopyTo(Buffer.AsSpan(Length));
        Length += bytes.Length;
    }

    public void Clear() => Length = 0;

    /// <summary>Takes back what was written behind the first <paramref name="length"/> bytes.</summary>
    public void CutTo(int length) => Length = Math.Min(length, Length);

    /// <summary>Hands the array over; this writer is done.</summary>
    public byte[] Detach()
    {
        var taken = Buffer;
        _buffer = null;
        return taken;
    }

    public void Dispose()
    {
        if (_buffer is { } pooled)
            ArrayPool<byte>.Shared.Return(pooled);
        _buffer = null;
    }

    private void MakeRoom(int sizeHint)
    {
        var needed = Length + Math.Max(1, sizeHint);
        if (needed <= Buffer.Length)
            return;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, Buffer.Length * 2));
        Buffer.AsSpan(0, Length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(Buffer);
        _buffer = larger;
    }
}
