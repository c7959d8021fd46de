using System.Globalization;
using Microsoft.Extensions.Logging;
using ServerlessRouter.State.Memory;

namespace ServerlessRouter.State.Embedded;

/// <summary>Tables in this process's memory, kept by an append-only journal in a folder of their own.</summary>
/// <remarks>
/// Reads see every write as soon as its condition has been decided and never wait for the disk; a write is answered once it is as durable as
/// <see cref="EmbeddedTableStoreOptions.Durability"/> says. A write is in the journal only behind every write it could have read.
/// </remarks>
public sealed partial class EmbeddedTableStore : IMeasuredTableStore, IAsyncDisposable
{
    private readonly Lock _commits = new();
    private readonly TimeProvider _time;
    private readonly string _etagStem;
    private readonly FolderLock? _folder;
    private readonly Journal? _journal;
    private volatile TableImage _image;
    private volatile bool _isDisposed;

    private EmbeddedTableStore(EmbeddedTableStoreOptions options, IJournalDisk disk, FolderLock folder, TimeProvider time, ILogger logger)
    {
        var file = JournalFile.Open(options.Folder, disk, out var content);
        if (content.TornBytes > 0)
            TornEndCut(logger, options.Folder, content.TornBytes);

        _time = time;
        _etagStem = ETagStem(time);
        _folder = folder;
        _image = content.Image;
        _journal = new Journal(file, content.HoldsRemoved, options, disk, () => _image, time, logger);
    }

    /// <summary>The size of all rows as Table Storage counts it.</summary>
    public long LiveBytes => _image.LiveBytes;

    /// <summary>The size of all rows of one table as Table Storage counts it.</summary>
    public long LiveBytesOf(string table) => _image.BytesByTable.GetValueOrDefault(table);

    /// <summary>Opens the store of a folder, which it keeps to itself until it is disposed.</summary>
    /// <exception cref="StateFolderInUseException">Another process has the folder open.</exception>
    /// <exception cref="JournalCorruptedException">The journal is damaged before its end.</exception>
    public static Task<EmbeddedTableStore> OpenAsync(
        EmbeddedTableStoreOptions options, TimeProvider time, ILogger<EmbeddedTableStore> logger, CancellationToken cancellationToken = default) =>
        OpenAsync(options, JournalDisk.Instance, time, logger, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<TableWriteResult> WriteAsync(string table, TableOperation operation, CancellationToken cancellationToken = default)
    {
        TableLimits.CheckTableName(table);
        TableLimits.CheckOperation(operation);

        var plan = await CommitAsync(table, [operation], cancellationToken).ConfigureAwait(false);
        return new TableWriteResult(plan.Outcome, plan.Changes is [{ IsRemoval: false } change] ? change.Row.ETag : null);
    }

    /// <inheritdoc/>
    public async ValueTask<TableTransactionResult> TransactAsync(
        string table, IReadOnlyList<TableOperation> operations, CancellationToken cancellationToken = default)
    {
        TableLimits.CheckTableName(table);
        TableLimits.CheckTransaction(operations);

        var plan = await CommitAsync(table, operations, cancellationToken).ConfigureAwait(false);
        var etags = Array.ConvertAll(plan.Changes, change => change.IsRemoval ? null : change.Row.ETag);
        return new TableTransactionResult(plan.Outcome, etags, plan.FailedIndex);
    }

    /// <inheritdoc/>
    public ValueTask<TableEntity?> GetAsync(string table, string partitionKey, string rowKey, CancellationToken cancellationToken = default)
    {
        TableLimits.CheckTableName(table);
        TableLimits.CheckKeys(partitionKey, rowKey);
        cancellationToken.ThrowIfCancellationRequested();
        ObjectDisposedException.ThrowIf(_isDisposed, this);

        return ValueTask.FromResult(_image.Find(table, partitionKey, rowKey));
    }

    /// <inheritdoc/>
    public ValueTask<TablePage> QueryPageAsync(
        string table, TableQuery query, string? continuation = null, CancellationToken cancellationToken = default)
    {
        TableLimits.CheckTableName(table);
        TableLimits.CheckQuery(query);
        cancellationToken.ThrowIfCancellationRequested();
        ObjectDisposedException.ThrowIf(_isDisposed, this);

        return ValueTask.FromResult(RangeReader.Read(_image.Rows(table), query, continuation));
    }

    /// <summary>Takes no more writes, brings those accepted to the disk and lets go of the folder.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_commits)
        {
            if (_isDisposed)
                return;
            _isDisposed = true;
        }

        if (_journal is not null)
            await _journal.DisposeAsync().ConfigureAwait(false);
        _folder?.Dispose();
    }

    internal static Task<EmbeddedTableStore> OpenAsync(
        EmbeddedTableStoreOptions options, IJournalDisk disk, TimeProvider time, ILogger logger, CancellationToken cancellationToken) =>
        Task.Run(() => Open(options, disk, time, logger), cancellationToken);

    private static EmbeddedTableStore Open(EmbeddedTableStoreOptions options, IJournalDisk disk, TimeProvider time, ILogger logger)
    {
        ArgumentException.ThrowIfNullOrEmpty(options.Folder);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.QueueCapacity, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.CompactionRatio, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.CompactionMinimumBytes, 0);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.EraseWithin, TimeSpan.Zero);

        if (!OwnerOnly.TryMakeFolder(options.Folder))
            OpenToOthers(logger, options.Folder);
        var folder = FolderLock.Take(options.Folder);
        try
        {
            return new EmbeddedTableStore(options, disk, folder, time, logger);
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    // The time of opening keeps ETags of writes that a crash took back from coming again.
    private static string ETagStem(TimeProvider time) => string.Create(CultureInfo.InvariantCulture, $"W/\"{time.GetUtcNow().UtcTicks:x}.");

    private async ValueTask<CommitPlan> CommitAsync(string table, IReadOnlyList<TableOperation> operations, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        while (true)
        {
            if (_journal is not null)
                await _journal.WaitForRoomAsync(cancellationToken).ConfigureAwait(false);

            if (!TryDecide(table, operations, out var plan, out var commit))
                continue;

            if (commit is not null)
                await commit.Written.WaitAsync(cancellationToken).ConfigureAwait(false);
            if (plan is not null)
                return plan;
        }
    }

    /// <summary>
    /// Decides and applies the operations in one step, so that the journal has commits in the order of their effects. False when the journal's queue filled
    /// up meanwhile; no plan when a failed journal must recover first.
    /// </summary>
    private bool TryDecide(string table, IReadOnlyList<TableOperation> operations, out CommitPlan? plan, out Commit? commit)
    {
        lock (_commits)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            plan = null;
            commit = null;
            if (_journal is { HasRoom: false })
                return false;

            if (_journal is { HasFailed: true })
            {
                commit = new Commit(_image.Commits, []);
                _journal.Enqueue(commit);
                return true;
            }

            var number = _image.Commits + 1;
            plan = CommitPlan.Make(_image, table, operations, string.Create(CultureInfo.InvariantCulture, $"{_etagStem}{number:x}."), _time.GetUtcNow());
            if (plan.Outcome != TableOutcome.Done)
                return true;

            _image = _image.After(plan.Changes);
            if (_journal is null)
                return true;

            commit = new Commit(number, plan.Changes);
            _journal.Enqueue(commit);
            return true;
        }
    }

    [LoggerMessage(2, LogLevel.Warning, "Others on this machine may read the state folder {Folder}, which holds prompts; its mode could not be set to 0700")]
    private static partial void OpenToOthers(ILogger logger, string folder);

    [LoggerMessage(1, LogLevel.Warning, "Cut {Bytes} bytes of an unfinished write off the journal in {Folder}")]
    private static partial void TornEndCut(ILogger logger, string folder, long bytes);
}
