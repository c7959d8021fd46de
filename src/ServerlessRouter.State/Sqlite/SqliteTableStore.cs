using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace ServerlessRouter.State.Sqlite;

/// <summary>Tables in a SQLite database in a folder of their own, larger than memory if need be.</summary>
/// <remarks>A write is answered once the disk has it, and seen by reads from then on. Writes that wait at the same time share one transaction and one flush.</remarks>
public sealed partial class SqliteTableStore : IMeasuredTableStore, IAsyncDisposable
{
    private readonly FolderLock _folder;
    private readonly DatabaseFile _file;
    private readonly GroupCommit _writer;
    private readonly ReaderPool _readers;
    private readonly ConcurrentDictionary<string, long> _sizes = new();
    private int _isDisposed;

    private SqliteTableStore(SqliteTableStoreOptions options, FolderLock folder, TimeProvider time, ILogger logger)
    {
        _folder = folder;
        var migration = new JournalMigration(options.Folder, logger);
        _file = DatabaseFile.Open(options.Folder, migration.Fill);
        using (var connection = _file.OpenReader())
        {
            migration.Finish(connection);
            ReadSizes(connection);
        }

        _readers = new ReaderPool(() => new RowReader(_file.OpenReader(), _file.RowDamaged));
        _writer = new GroupCommit(_file, options, Resize, time, logger);
    }

    /// <inheritdoc/>
    public long LiveBytesOf(string table) => _sizes.GetValueOrDefault(Name(table));

    /// <summary>Opens the store of a folder, which it keeps to itself until it is disposed.</summary>
    /// <exception cref="StateFolderInUseException">Another process has the folder open.</exception>
    /// <exception cref="StateDamagedException">The database, or a journal that would be moved into it, is damaged.</exception>
    /// <exception cref="IOException">The folder cannot be used.</exception>
    public static Task<SqliteTableStore> OpenAsync(
        SqliteTableStoreOptions options, TimeProvider time, ILogger<SqliteTableStore> logger, CancellationToken cancellationToken = default) =>
        OpenAsync(options, time, (ILogger)logger, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<TableWriteResult> WriteAsync(string table, TableOperation operation, CancellationToken cancellationToken = default)
    {
        TableLimits.CheckTableName(table);
        TableLimits.CheckOperation(operation);

        var result = await _writer.WriteAsync(Name(table), [operation], cancellationToken).ConfigureAwait(false);
        return new TableWriteResult(result.Outcome, result.IsDone ? result.ETags[0] : null);
    }

    /// <inheritdoc/>
    public ValueTask<TableTransactionResult> TransactAsync(
        string table, IReadOnlyList<TableOperation> operations, CancellationToken cancellationToken = default)
    {
        TableLimits.CheckTableName(table);
        TableLimits.CheckTransaction(operations);

        return _writer.WriteAsync(Name(table), operations, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<TableEntity?> GetAsync(string table, string partitionKey, string rowKey, CancellationToken cancellationToken = default)
    {
        TableLimits.CheckTableName(table);
        TableLimits.CheckKeys(partitionKey, rowKey);

        return ReadAsync(static (reader, call) => reader.Get(call.table, call.partitionKey, call.rowKey), (table: Name(table), partitionKey, rowKey), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<TablePage> QueryPageAsync(
        string table, TableQuery query, string? continuation = null, CancellationToken cancellationToken = default)
    {
        TableLimits.CheckTableName(table);
        TableLimits.CheckQuery(query);
        var last = LastOf(continuation);

        return ReadAsync(static (reader, call) => reader.Page(call.table, call.query, call.last), (table: Name(table), query, last), cancellationToken);
    }

    /// <summary>Takes no more calls, brings the writes accepted to the disk and lets go of the folder.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
            return;
        await _readers.CloseAsync().ConfigureAwait(false);
        await _writer.DisposeAsync().ConfigureAwait(false);
        _readers.Dispose();
        _folder.Dispose();
    }

    internal static Task<SqliteTableStore> OpenAsync(SqliteTableStoreOptions options, TimeProvider time, ILogger logger, CancellationToken cancellationToken) =>
        Task.Run(() => Open(options, time, logger), cancellationToken);

    private static SqliteTableStore Open(SqliteTableStoreOptions options, TimeProvider time, ILogger logger)
    {
        ArgumentException.ThrowIfNullOrEmpty(options.Folder);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.QueueCapacity, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.EraseWithin, TimeSpan.Zero);

        if (!OwnerOnly.TryMakeFolder(options.Folder))
            LogOpenToOthers(logger, options.Folder);
        var folder = FolderLock.Take(options.Folder);
        try
        {
            return new SqliteTableStore(options, folder, time, logger);
        }
        catch (SqliteException failure)
        {
            folder.Dispose();
            throw new IOException(failure.Message, failure);
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    // Table names ignore case.
    private static string Name(string table) => table.ToLowerInvariant();

    // Keys never hold a line feed.
    private static (string PartitionKey, string RowKey)? LastOf(string? continuation)
    {
        if (continuation is null)
            return null;
        var split = continuation.IndexOf('\n', StringComparison.Ordinal);
        return split < 0
            ? throw new ArgumentException("The continuation is not one that this store gave.", nameof(continuation))
            : (continuation[..split], continuation[(split + 1)..]);
    }

    private async ValueTask<TAnswer> ReadAsync<TCall, TAnswer>(Func<RowReader, TCall, TAnswer> read, TCall call, CancellationToken cancellationToken)
    {
        try
        {
            return await _readers.ReadAsync(read, call, cancellationToken).ConfigureAwait(false);
        }
        catch (SqliteException failure)
        {
            throw new TableStoreUnavailableException(
                DatabaseFile.IsDamage(failure) ? _file.Damaged(failure.Message).Message : $"The database '{_file.Path}' cannot be read: {failure.Message}", failure);
        }
        catch (StateDamagedException damage)
        {
            throw new TableStoreUnavailableException(damage.Message, damage);
        }
    }

    private void ReadSizes(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT tbl, bytes FROM sizes";
        using var rows = command.ExecuteReader();
        while (rows.Read())
            _sizes[rows.GetString(0)] = rows.GetInt64(1);
    }

    private void Resize(IReadOnlyDictionary<string, long> changes)
    {
        foreach (var (table, change) in changes)
            _sizes[table] = _sizes.GetValueOrDefault(table) + change;
    }

    [LoggerMessage(1, LogLevel.Warning, "Others on this machine may read the state folder {Folder}, which holds prompts; its mode could not be set to 0700")]
    private static partial void LogOpenToOthers(ILogger logger, string folder);
}
