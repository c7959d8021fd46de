using System.Collections.Concurrent;

namespace ServerlessRouter.State.Sqlite;

/// <summary>Keeps a few readers open and lends each to one caller at a time.</summary>
internal sealed class ReaderPool(Func<RowReader> open) : IDisposable
{
    // A read takes microseconds from memory; more at once than this would only wait for the processor.
    private const int MaxReaders = 8;

    private readonly ConcurrentBag<RowReader> _idle = [];
    private readonly SemaphoreSlim _room = new(MaxReaders);
    private volatile bool _isClosed;

    public async ValueTask<TAnswer> ReadAsync<TCall, TAnswer>(Func<RowReader, TCall, TAnswer> read, TCall call, CancellationToken cancellationToken)
    {
        await _room.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_isClosed, typeof(SqliteTableStore));
            if (!_idle.TryTake(out var reader))
                reader = open();
            TAnswer answer;
            try
            {
                answer = read(reader, call);
            }
            catch
            {
                // What went wrong may have to do with the connection; the next caller gets a new one.
                reader.Dispose();
                throw;
            }

            _idle.Add(reader);
            return answer;
        }
        finally
        {
            _room.Release();
        }
    }

    /// <summary>Waits for the readers that are lent and closes all.</summary>
    public async ValueTask CloseAsync()
    {
        _isClosed = true;
        for (var taken = 0; taken < MaxReaders; taken++)
            await _room.WaitAsync().ConfigureAwait(false);
        while (_idle.TryTake(out var reader))
            reader.Dispose();
        _room.Release(MaxReaders);
    }

    public void Dispose() => _room.Dispose();
}
