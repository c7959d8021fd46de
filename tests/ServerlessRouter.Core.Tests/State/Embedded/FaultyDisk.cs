using System.Threading.Channels;
using Microsoft.Win32.SafeHandles;
using ServerlessRouter.State.Embedded;
using ServerlessRouter.Testing;

namespace ServerlessRouter.Core.Tests.State.Embedded;

/// <summary>The machine's disk, which can be full, and whose flushes are counted and can be held up.</summary>
internal sealed class FaultyDisk : IJournalDisk
{
    private readonly object _gate = new();
    private readonly Channel<bool> _heldFlushes = Channel.CreateBounded<bool>(1000);
    private bool _isHeld;
    private int _flushes;

    public bool IsFull { get; set; }

    public int Flushes => Volatile.Read(ref _flushes);

    public void HoldFlushes()
    {
        lock (_gate)
            _isHeld = true;
    }

    public void ReleaseFlushes()
    {
        lock (_gate)
        {
            _isHeld = false;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Completes once a flush has begun and is held.</summary>
    public Task FlushIsHeldAsync() => Patience.WaitAsync(_heldFlushes.Reader.ReadAsync().AsTask(), static () => "a flush to be held");

    public void Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, long offset)
    {
        if (IsFull)
        {
            // What a full disk does: a part arrives.
            RandomAccess.Write(file, bytes[..(bytes.Length / 2)], offset);
            throw new IOException("No space left on device");
        }

        RandomAccess.Write(file, bytes, offset);
    }

    public void Flush(SafeFileHandle file)
    {
        Interlocked.Increment(ref _flushes);
        lock (_gate)
        {
            if (_isHeld)
                _heldFlushes.Writer.TryWrite(true);
            // A test that failed before it released them must not keep the store from closing.
            while (_isHeld)
            {
                if (!Monitor.Wait(_gate, Patience.Limit))
                    throw new TimeoutException("A flush was held and not released.");
            }
        }

        RandomAccess.FlushToDisk(file);
    }
}
