namespace ServerlessRouter.Core.Tests.Providers;

/// <summary>Gives its bytes in reads of the given sizes, over and over; without sizes all at once.</summary>
internal sealed class ChoppedStream(byte[] bytes, byte[] sizes) : MemoryStream
{
    private int _reads;
    private int _read;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var most = sizes.Length == 0 ? buffer.Length : Math.Max((byte)1, sizes[_reads++ % sizes.Length]);
        var count = Math.Min(Math.Min(buffer.Length, most), bytes.Length - _read);
        bytes.AsMemory(_read, count).CopyTo(buffer);
        _read += count;
        return new(count);
    }
}
