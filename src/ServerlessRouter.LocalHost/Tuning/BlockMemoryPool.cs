using System.Buffers;
using System.Collections.Concurrent;

namespace ServerlessRouter.LocalHost.Tuning;

/// <summary>
/// Lends Kestrel blocks of <see cref="BlockBytes"/> instead of its own of 4 KB: a prompt then arrives in one or two pieces, each of which costs a read of the socket.
/// Blocks that come back are kept up to <see cref="MaxKept"/>, so a rush leaves no memory behind.
/// </summary>
internal sealed class BlockMemoryPool : MemoryPool<byte>
{
    public const int BlockBytes = 32 * 1024;

    /// <summary>8 MB; a connection that waits for its next request holds no block.</summary>
    public const int MaxKept = 256;

    private readonly ConcurrentQueue<Block> _kept = new();
    private int _keptCount;

    public override int MaxBufferSize => BlockBytes;

    /// <summary>One block, whatever size below that is asked for.</summary>
    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, BlockBytes);
        if (!_kept.TryDequeue(out var block))
            return new Block(this);
        Interlocked.Decrement(ref _keptCount);
        block.Lend();
        return block;
    }

    protected override void Dispose(bool disposing) => _kept.Clear();

    private void TakeBack(Block block)
    {
        if (Interlocked.Increment(ref _keptCount) <= MaxKept)
            _kept.Enqueue(block);
        else
            Interlocked.Decrement(ref _keptCount);
    }

    private sealed class Block(BlockMemoryPool pool) : IMemoryOwner<byte>
    {
        // Pinned, because the socket reads into it and writes from it.
        private readonly Memory<byte> _bytes = GC.AllocateUninitializedArray<byte>(BlockBytes, pinned: true);
        private int _isLent = 1;

        public Memory<byte> Memory => _bytes;

        public void Lend() => _isLent = 1;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isLent, 0) == 1)
                pool.TakeBack(this);
        }
    }
}
