using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using ServerlessRouter.Testing;

namespace ServerlessRouter.Core.Tests.State.Sqlite;

/// <summary>Stands before each commit: counts them, can hold them up, and can find the disk full.</summary>
internal sealed class FaultyCommits
{
    private const int DatabaseOrDiskFull = 13;

    private readonly object _gate = new();
    private readonly Channel<bool> _held = Channel.CreateBounded<bool>(1000);
    private bool _isHeld;
    private int _count;

    public bool DiskIsFull { get; set; }

    public int Count => Volatile.Read(ref _count);

    public void Pass()
    {
        Interlocked.Increment(ref _count);
        lock (_gate)
        {
            if (_isHeld)
                _held.Writer.TryWrite(true);
            // A test that failed before it released them must not keep the store from closing.
            while (_isHeld)
            {
                if (!Monitor.Wait(_gate, Patience.Limit))
                    throw new TimeoutException("A commit was held and not released.");
            }
        }

        if (DiskIsFull)
            throw new SqliteException("database or disk is full", DatabaseOrDiskFull);
    }

    public void Hold()
    {
        lock (_gate)
            _isHeld = true;
    }

    public void Release()
    {
        lock (_gate)
        {
            _isHeld = false;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Completes once a commit is held.</summary>
    public Task IsHeldAsync() => Patience.WaitAsync(_held.Reader.ReadAsync().AsTask(), static () => "a commit to be held");
}
