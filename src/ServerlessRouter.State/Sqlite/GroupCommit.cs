using System.Globalization;
using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace ServerlessRouter.State.Sqlite;

/// <summary>The one writer: whatever waits shares a transaction, and each is answered once the disk has it. Between transactions it keeps the file small and what was deleted off the disk.</summary>
internal sealed partial class GroupCommit : IAsyncDisposable
{
    // Past this size a transaction is committed before more writes join it.
    private const int BatchBytes = 4 * 1024 * 1024;

    // The log is brought into the database from about this many pages of 4 KiB on; up to then a start has to read them.
    private const int CheckpointPages = 2000;

    private const int PageBytes = 4096;

    // A database that takes long to write anew is written anew less often, so that writes wait for one part in so many of the time at most.
    private const int ErasureSpacing = 100;

    private static readonly TimeSpan MaxErasureWait = TimeSpan.FromDays(1);

    private static readonly TimeSpan ErasureRetry = TimeSpan.FromMinutes(1);

    // A disk that is nearly full takes one write and refuses the next.
    private static readonly TimeSpan FailureLogInterval = TimeSpan.FromMinutes(1);

    private readonly DatabaseFile _file;
    private readonly SqliteTableStoreOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Action<IReadOnlyDictionary<string, long>> _committed;
    private readonly string _etagStem;
    private readonly Channel<PendingWrite> _queue;
    private readonly List<PendingWrite> _batch = [];
    private readonly Task _loop;
    private SqliteConnection? _connection;
    private RowWriter? _rows;
    private long _decided;
    private long _pagesInLog;
    private long? _removedAt;
    private TimeSpan _eraseWithin;
    private long? _failureLoggedAt;
    private bool _hasFailed;
    private bool _hasLoggedFailure;

    /// <param name="file">The database.</param>
    /// <param name="options">The store's options.</param>
    /// <param name="committed">Told after each commit what each table takes more or less.</param>
    /// <param name="time">The clock of timestamps and of erasure.</param>
    /// <param name="logger">Told of failures.</param>
    public GroupCommit(DatabaseFile file, SqliteTableStoreOptions options, Action<IReadOnlyDictionary<string, long>> committed, TimeProvider time, ILogger logger)
    {
        (_file, _options, _committed, _time, _logger) = (file, options, committed, time, logger);
        _eraseWithin = options.EraseWithin;
        // The time of opening keeps ETags of writes that a crash took back from coming again.
        _etagStem = string.Create(CultureInfo.InvariantCulture, $"W/\"{time.GetUtcNow().UtcTicks:x}.");
        _queue = Channel.CreateBounded<PendingWrite>(new BoundedChannelOptions(options.QueueCapacity) { SingleReader = true });
        Connect();
        // A run that closed its store has erased what it deleted, and left no log.
        if (file.HasLog)
            _removedAt = time.GetTimestamp();
        _loop = Task.Run(RunAsync);
    }

    /// <exception cref="ArgumentException">A merged row breaks <see cref="TableLimits"/>.</exception>
    /// <exception cref="TableStoreUnavailableException">The disk did not take it.</exception>
    public async ValueTask<TableTransactionResult> WriteAsync(string table, IReadOnlyList<TableOperation> operations, CancellationToken cancellationToken)
    {
        var write = new PendingWrite(table, operations);
        try
        {
            await _queue.Writer.WriteAsync(write, cancellationToken).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            throw new ObjectDisposedException(nameof(SqliteTableStore));
        }

        return await write.Answer.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Takes no more writes, commits those accepted and closes its connection.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _loop.ConfigureAwait(false);
    }

    private async Task RunAsync()
    {
        while (await WaitAsync().ConfigureAwait(false))
        {
            WriteBatch();
            Tidy();
        }

        if (_removedAt is not null && !_hasFailed)
            TryTidy(Erase);
        // The last connection to close brings the log into the database and removes it.
        Disconnect();
    }

    /// <summary>Until there is something to do. False at the end.</summary>
    private async ValueTask<bool> WaitAsync()
    {
        if (_removedAt is not { } removedAt)
            return await _queue.Reader.WaitToReadAsync().ConfigureAwait(false);
        var left = _eraseWithin - _time.GetElapsedTime(removedAt);
        using var due = new CancellationTokenSource(left > TimeSpan.Zero ? left : TimeSpan.Zero, _time);
        try
        {
            return await _queue.Reader.WaitToReadAsync(due.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return true;
        }
    }

    private void WriteBatch()
    {
        _batch.Clear();
        if (!_queue.Reader.TryRead(out var first))
            return;
        _batch.Add(first);
        try
        {
            Connect();
            _connection!.Execute("BEGIN IMMEDIATE");
            _rows!.Begin();
            Decide(first);
            while (_rows.BytesWritten < BatchBytes && _batch.Count < _options.QueueCapacity && _queue.Reader.TryRead(out var next))
            {
                _batch.Add(next);
                Decide(next);
            }

            _rows.WriteSizes();
            _options.BeforeCommit?.Invoke();
            _connection!.Execute("COMMIT");
        }
        catch (Exception failure)
        {
            Failed(failure);
            return;
        }

        Succeeded();
    }

    private void Decide(PendingWrite write)
    {
        try
        {
            var stem = string.Create(CultureInfo.InvariantCulture, $"{_etagStem}{++_decided:x}.");
            write.Decide(_rows!.Apply(write.Table, write.Operations, stem, _time.GetUtcNow()));
        }
        catch (ArgumentException breach)
        {
            write.Decide(breach);
        }
    }

    private void Succeeded()
    {
        _committed(_rows!.SizeChanges);
        // At most one page for each row, and those that a long row fills by itself.
        _pagesInLog += _rows.RowsWritten + (_rows.BytesWritten / PageBytes);
        if (_rows.HasRemoved)
            _removedAt ??= _time.GetTimestamp();
        if (_hasLoggedFailure)
            LogRecovered(_options.Folder);
        (_hasFailed, _hasLoggedFailure) = (false, false);
        foreach (var write in _batch)
            write.Succeed();
    }

    /// <summary>Fails all that shared the transaction. The next one begins on a new connection.</summary>
    private void Failed(Exception failure)
    {
        Disconnect();
        var reason = failure switch
        {
            SqliteException sqlite when DatabaseFile.IsDamage(sqlite) => _file.Damaged(sqlite.Message).Message,
            StateDamagedException => failure.Message,
            _ => $"The state folder '{_options.Folder}' cannot be written: {failure.Message.TrimEnd('.')}.",
        };
        LogFailure(failure, reason);
        _hasFailed = true;
        foreach (var write in _batch)
            write.Fail(new TableStoreUnavailableException(reason, failure));
    }

    private void LogFailure(Exception failure, string reason)
    {
        if (_hasLoggedFailure || (_failureLoggedAt is { } loggedAt && _time.GetElapsedTime(loggedAt) < FailureLogInterval))
            return;
        // What the disk refuses needs no stack trace; a bug does.
        LogFailed(failure is SqliteException or StateDamagedException or IOException ? null : failure, reason);
        (_hasLoggedFailure, _failureLoggedAt) = (true, _time.GetTimestamp());
    }

    private void Tidy()
    {
        if (_hasFailed)
            return;
        if (_removedAt is { } removedAt && _time.GetElapsedTime(removedAt) >= _eraseWithin)
            TryTidy(Erase);
        else if (_pagesInLog >= CheckpointPages)
            TryTidy(() => Checkpoint("PASSIVE"));
    }

    private void TryTidy(Action step)
    {
        try
        {
            Connect();
            step();
        }
        catch (SqliteException failure)
        {
            // Nothing is lost: the log has everything, and the disk may take it another time.
            _pagesInLog = 0;
            PutErasureOff();
            LogUntidy(_options.Folder, failure.Message);
        }
    }

    /// <summary>
    /// Writes the database anew without what was deleted, of which pages may hold copies from when rows moved, and empties the log. That takes as long as copying the file, and gives free room back.
    /// </summary>
    private void Erase()
    {
        // Where another program reads an old state, the new one would only lengthen the log.
        if (!Checkpoint("TRUNCATE"))
        {
            PutErasureOff();
            return;
        }

        var since = _time.GetTimestamp();
        _options.BeforeErasure?.Invoke();
        _file.WriteAnew(_connection!);
        var pace = ErasureSpacing * _time.GetElapsedTime(since);
        pace = pace < MaxErasureWait ? pace : MaxErasureWait;
        _eraseWithin = pace > _options.EraseWithin ? pace : _options.EraseWithin;
        if (Checkpoint("TRUNCATE"))
            _removedAt = null;
        else
            PutErasureOff();
    }

    /// <summary>Brings the log into the database. False while a reader still uses the log.</summary>
    private bool Checkpoint(string mode)
    {
        _pagesInLog = 0;
        return _connection!.Number($"PRAGMA wal_checkpoint({mode})") == 0;
    }

    private void PutErasureOff()
    {
        if (_removedAt is not null)
            _removedAt = _time.GetTimestamp() - (long)((_eraseWithin - ErasureRetry).TotalSeconds * _time.TimestampFrequency);
    }

    private void Connect()
    {
        if (_connection is not null)
            return;
        _connection = _file.OpenWriter();
        _rows = new RowWriter(_connection, _file.RowDamaged);
    }

    private void Disconnect()
    {
        _rows?.Dispose();
        _connection?.Dispose();
        (_rows, _connection) = (null, null);
    }

    [LoggerMessage(1, LogLevel.Error, "{Reason} Writes fail until it can be written again; reads go on")]
    private partial void LogFailed(Exception? bug, string reason);

    [LoggerMessage(2, LogLevel.Information, "The database in {Folder} can be written again")]
    private partial void LogRecovered(string folder);

    [LoggerMessage(3, LogLevel.Warning, "Could not tidy the database in {Folder}, where deleted rows may still be read; trying again later. {Reason}")]
    private partial void LogUntidy(string folder, string reason);
}
