namespace ServerlessRouter.State;

/// <summary>Deletes rows that may be gone already.</summary>
public static class TableStoreErasure
{
    /// <summary>Every row in range, partition by partition, as many at a time as a transaction takes.</summary>
    public static async ValueTask DeleteAllAsync(this ITableStore store, string table, TableQuery query, CancellationToken cancellationToken)
    {
        string? continuation = null;
        do
        {
            var page = await store.QueryPageAsync(table, query, continuation, cancellationToken).ConfigureAwait(false);
            foreach (var partition in page.Entities.GroupBy(static row => row.PartitionKey))
            {
                foreach (var rows in partition.Chunk(TableLimits.TransactionOperations))
                    await DeleteAsync(store, table, rows, cancellationToken).ConfigureAwait(false);
            }

            continuation = page.Continuation;
        }
        while (continuation is not null);
    }

    /// <summary>One row, whatever its version; nothing happens when there is none.</summary>
    public static async ValueTask DeleteAsync(this ITableStore store, string table, string partitionKey, string rowKey, CancellationToken cancellationToken) =>
        await store.WriteAsync(table, TableOperation.Delete(partitionKey, rowKey, TableETag.Any), cancellationToken).ConfigureAwait(false);

    private static async ValueTask DeleteAsync(ITableStore store, string table, TableEntity[] rows, CancellationToken cancellationToken)
    {
        var operations = Array.ConvertAll(rows, static row => TableOperation.Delete(row.PartitionKey, row.RowKey, TableETag.Any));
        if ((await store.TransactAsync(table, operations, cancellationToken).ConfigureAwait(false)).IsDone)
            return;
        // Another deletes the same rows: one by one each of them goes, by the one or the other.
        foreach (var row in rows)
            await store.DeleteAsync(table, row.PartitionKey, row.RowKey, cancellationToken).ConfigureAwait(false);
    }
}
