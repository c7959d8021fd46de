using ServerlessRouter.State;

namespace ServerlessRouter.Governance.Leases;

/// <summary>
/// Gives back what an instance that is gone was granted and had not settled when it last wrote. Its rows stay for a while, with what it had settled: one that was only cut off finds there what was made of
/// its grants, and goes on from it.
/// </summary>
internal sealed class LeaseReconciler(ITableStore store)
{
    private const int RowsPerTransaction = TableLimits.TransactionOperations / 2;

    /// <summary>Tries of one row, each of which fails only if another instance wrote meanwhile.</summary>
    private const int MaxTries = 16;

    /// <summary>Takes back the grants. May break off and come again.</summary>
    public async ValueTask CloseAsync(string instance, CancellationToken cancellationToken)
    {
        for (var shard = 0; shard < LeaseTables.Shards; shard++)
        {
            var open = new List<TableEntity>();
            await foreach (var row in store.QueryAsync(LeaseTables.Limits, TableQuery.InPartition(LeaseTables.Partition(shard), LeaseTables.PartsOf(instance)), cancellationToken).ConfigureAwait(false))
            {
                if (LeaseRow.Read(row) is var part && part.Granted != part.Settled)
                    open.Add(row);
            }

            // Totals that several rows are part of cannot be in one transaction twice.
            foreach (var some in open.DistinctBy(row => LeaseTables.TotalOf(instance, row.RowKey)).Chunk(RowsPerTransaction))
                await CloseAsync(instance, shard, some, cancellationToken).ConfigureAwait(false);
            foreach (var rest in open.GroupBy(row => LeaseTables.TotalOf(instance, row.RowKey)).SelectMany(static rows => rows.Skip(1)))
                await CloseAsync(instance, shard, [rest], cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Deletes the rows of an instance that holds nothing any more.</summary>
    public async ValueTask DeleteAsync(string instance, CancellationToken cancellationToken)
    {
        for (var shard = 0; shard < LeaseTables.Shards; shard++)
            await store.DeleteAllAsync(LeaseTables.Limits, TableQuery.InPartition(LeaseTables.Partition(shard), LeaseTables.PartsOf(instance)), cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask CloseAsync(string instance, int shard, TableEntity[] rows, CancellationToken cancellationToken)
    {
        if (await TryCloseAsync(instance, shard, rows, cancellationToken).ConfigureAwait(false))
            return;
        foreach (var row in rows)
        {
            var current = row;
            for (var tries = 0; tries < MaxTries && current is not null && !await TryCloseAsync(instance, shard, [current], cancellationToken).ConfigureAwait(false); tries++)
                current = await store.GetAsync(LeaseTables.Limits, row.PartitionKey, row.RowKey, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask<bool> TryCloseAsync(string instance, int shard, TableEntity[] rows, CancellationToken cancellationToken)
    {
        var totals = await new LeaseReader(store, shard).ReadAsync([.. rows.Select(row => LeaseTables.TotalOf(instance, row.RowKey))], cancellationToken).ConfigureAwait(false);
        var operations = new List<TableOperation>(2 * rows.Length);
        foreach (var row in rows)
        {
            var part = LeaseRow.Read(row);
            var key = LeaseTables.TotalOf(instance, row.RowKey);
            var total = totals[key];
            operations.Add((part with { Granted = part.Settled }).Write(shard, row.RowKey));
            // The total of a window that is long over is deleted.
            if (total.ETag is not null)
                operations.Add((total with { Granted = total.Granted - part.Granted + part.Settled }).Write(shard, key));
        }

        return (await store.TransactAsync(LeaseTables.Limits, operations, cancellationToken).ConfigureAwait(false)).IsDone;
    }
}
