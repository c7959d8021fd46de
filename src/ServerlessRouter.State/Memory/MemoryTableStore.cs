using System.Globalization;

namespace ServerlessRouter.State.Memory;

/// <summary>Tables in this process's memory, gone with it.</summary>
public sealed class MemoryTableStore(TimeProvider time) : IMeasuredTableStore
{
    private readonly Lock _commits = new();
    private readonly string _etagStem = string.Create(CultureInfo.InvariantCulture, $"W/\"{time.GetUtcNow().UtcTicks:x}.");
    private volatile TableImage _image = TableImage.Empty;

    /// <summary>The size of all rows of one table as Table Storage counts it.</summary>
    public long LiveBytesOf(string table) => _image.BytesByTable.GetValueOrDefault(table);

    /// <inheritdoc/>
    public ValueTask<TableWriteResult> WriteAsync(string table, TableOperation operation, CancellationToken cancellationToken = default)
    {
        TableLimits.CheckTableName(table);
        TableLimits.CheckOperation(operation);

        var plan = Commit(table, [operation], cancellationToken);
        return ValueTask.FromResult(new TableWriteResult(plan.Outcome, plan.Changes is [{ IsRemoval: false } change] ? change.Row.ETag : null));
    }

    /// <inheritdoc/>
    public ValueTask<TableTransactionResult> TransactAsync(
        string table, IReadOnlyList<TableOperation> operations, CancellationToken cancellationToken = default)
    {
        TableLimits.CheckTableName(table);
        TableLimits.CheckTransaction(operations);

        var plan = Commit(table, operations, cancellationToken);
        var etags = Array.ConvertAll(plan.Changes, static change => change.IsRemoval ? null : change.Row.ETag);
        return ValueTask.FromResult(new TableTransactionResult(plan.Outcome, etags, plan.FailedIndex));
    }

    /// <inheritdoc/>
    public ValueTask<TableEntity?> GetAsync(string table, string partitionKey, string rowKey, CancellationToken cancellationToken = default)
    {
        TableLimits.CheckTableName(table);
        TableLimits.CheckKeys(partitionKey, rowKey);
        cancellationToken.ThrowIfCancellationRequested();

        return ValueTask.FromResult(_image.Find(table, partitionKey, rowKey));
    }

    /// <inheritdoc/>
    public ValueTask<TablePage> QueryPageAsync(
        string table, TableQuery query, string? continuation = null, CancellationToken cancellationToken = default)
    {
        TableLimits.CheckTableName(table);
        TableLimits.CheckQuery(query);
        cancellationToken.ThrowIfCancellationRequested();

        return ValueTask.FromResult(RangeReader.Read(_image.Rows(table), query, continuation));
    }

    private CommitPlan Commit(string table, IReadOnlyList<TableOperation> operations, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_commits)
        {
                var stem = string.Create(CultureInfo.InvariantCulture, $"{_etagStem}{_image.Commits + 1:x}.");
            var plan = CommitPlan.Make(_image, table, operations, stem, time.GetUtcNow());
            if (plan.Outcome == TableOutcome.Done)
                _image = _image.After(plan.Changes);
            return plan;
        }
    }
}
