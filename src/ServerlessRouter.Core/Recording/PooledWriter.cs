using System.Buffers;
using ServerlessRouter.Chat;

namespace ServerlessRouter.Recording;

/// <summary>Collects an answer's bytes in one pooled array that the answer then owns.</summary>
internal sealed class PooledWriter(int capacity) : IBufferWriter<byte>
{
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(capacity);
    private int _written;

    public void Advance(int count) => _written += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Ensure(Math.Max(sizeHint, 1));
        return _buffer.AsMemory(_written);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public void Write(ReadOnlySpan<byte> bytes)
    {
        Ensure(bytes.Length);
        bytes.CopyTo(_buffer.AsSpan(_written));
        _written += bytes.Length;
    }

    /// <summary>The answer with these bytes and everything else as it was; the writer must not be used after.</summary>
    public ChatAnswer ToAnswer(ChatAnswer original) =>
        new(_buffer, _written) { Usage = original.Usage, ContentBytes = original.ContentBytes, FinishReason = original.FinishReason };

    private void Ensure(int count)
    {
        if (_buffer.Length - _written >= count)
            return;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_buffer.Length * 2, _written + count));
        _buffer.AsSpan(0, _written).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
