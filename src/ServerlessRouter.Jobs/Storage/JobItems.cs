using ServerlessRouter.Jobs.Rows;
using ServerlessRouter.State;

namespace ServerlessRouter.Jobs.Storage;

/// <summary>Reads the items of jobs and moves them from state to state.</summary>
internal sealed class JobItems(ITableStore store, JobContent content, TimeProvider time)
{
    private const int MaxConflicts = 16;
    private const int MaxOutages = 5;
    private static readonly TimeSpan FirstOutageWait = TimeSpan.FromMilliseconds(250);

    public async ValueTask<JobItem?> FindAsync(string jobId, int index, CancellationToken cancellationToken) =>
        await store.GetAsync(JobTables.Items, JobTables.ItemsPartition(jobId, JobTables.ChunkOf(index)), JobTables.ItemKey(index), cancellationToken).ConfigureAwait(false) is { } row
            ? JobItemRow.Read(row)
            : null;

    /// <summary>The items of a chunk in order, without their results.</summary>
    public async ValueTask<List<JobItem>> OfChunkAsync(string jobId, int chunk, CancellationToken cancellationToken)
    {
        var items = new List<JobItem>(JobTables.ItemsPerChunk);
        var query = TableQuery.InPartition(JobTables.ItemsPartition(jobId, chunk), TableKeyRange.Prefix(JobTables.ItemPrefix));
        await foreach (var row in store.QueryAsync(JobTables.Items, query, cancellationToken).ConfigureAwait(false))
            items.Add(JobItemRow.Read(row));
        return items;
    }

    /// <summary>Writes the items of a chunk at once; a chunk that is there already, perhaps half done, stays as it is.</summary>
    public async ValueTask InsertChunkAsync(IEnumerable<JobItem> items, CancellationToken cancellationToken) =>
        await store.TransactAsync(JobTables.Items, [.. items.Select(static item => TableOperation.Insert(JobItemRow.Write(item)))], cancellationToken).ConfigureAwait(false);

    /// <summary>
    /// Moves an item by compare-and-swap. <paramref name="decide"/> sees the item as it is, perhaps several times and perhaps after its own move, and answers the move
    /// or null for none. Answers the item as it stands afterwards; null when there is none. A short outage of the store is waited for.
    /// </summary>
    public async ValueTask<JobItem?> MoveAsync(string jobId, int index, Func<JobItem, ItemMove?> decide, CancellationToken cancellationToken)
    {
        var outages = 0;
        for (var conflict = 0; conflict < MaxConflicts;)
        {
            try
            {
                if (await FindAsync(jobId, index, cancellationToken).ConfigureAwait(false) is not { } item)
                    return null;
                if (decide(item) is not { } move)
                    return item;
                if (await TryWriteAsync(item, move, cancellationToken).ConfigureAwait(false) is { } moved)
                    return moved;
                conflict++;
            }
            catch (TableStoreUnavailableException) when (outages < MaxOutages)
            {
                // Whether the write took place shows at the next look.
                await Task.Delay(FirstOutageWait * (1 << outages++), time, cancellationToken).ConfigureAwait(false);
            }
        }

        throw new TableStoreUnavailableException($"The item {index} of the job {jobId} is being changed by too many at once.");
    }

    /// <summary>Ends every item of a chunk that no runner works on, all in one transaction. Answers the items as they stand.</summary>
    public async ValueTask<List<JobItem>> EndPendingAsync(string jobId, int chunk, ItemState end, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        for (var conflict = 0; conflict < MaxConflicts; conflict++)
        {
            var items = await OfChunkAsync(jobId, chunk, cancellationToken).ConfigureAwait(false);
            var free = items.FindAll(item => item.State == ItemState.Pending || (item.State == ItemState.Running && item.LeasedUntil <= now));
            if (free.Count == 0)
                return items;
            TableOperation[] ends = [.. free.Select(item => TableOperation.UpdateReplace(JobItemRow.Write(Ended(item, end)), item.ETag!))];
            await store.TransactAsync(JobTables.Items, ends, cancellationToken).ConfigureAwait(false);
        }

        throw new TableStoreUnavailableException($"The items of the job {jobId} are being changed by too many at once.");
    }

    /// <summary>An item that ends without having been answered.</summary>
    public static JobItem Ended(JobItem item, ItemState end) => item with { State = end, Owner = null, LeasedUntil = null, NextTryAt = null };

    /// <summary>An item that no runner works on.</summary>
    public static JobItem Freed(JobItem item) => item with { State = ItemState.Pending, Owner = null, LeasedUntil = null, NextTryAt = null };

    /// <summary>The result of an item that has one; null when it has none.</summary>
    public async ValueTask<byte[]?> ResultAsync(JobItem item, CancellationToken cancellationToken)
    {
        if (item.ResultBytes == 0)
            return null;
        var result = new byte[item.ResultBytes];
        if (item.ResultContent is { } contentId)
            return await content.TryReadAsync(contentId, 0, 0, result, cancellationToken).ConfigureAwait(false) ? result : null;
        var partition = JobTables.ItemsPartition(item.JobId, JobTables.ChunkOf(item.Index));
        var row = await store.GetAsync(JobTables.Items, partition, JobTables.ResultKey(item.Index), cancellationToken).ConfigureAwait(false);
        return row is not null && JobResultRow.TryRead(row, result) ? result : null;
    }

    private async ValueTask<JobItem?> TryWriteAsync(JobItem item, ItemMove move, CancellationToken cancellationToken)
    {
        var after = move.After;
        if (move.Result is not { } result)
        {
            var written = await store.WriteAsync(JobTables.Items, TableOperation.UpdateReplace(JobItemRow.Write(after), item.ETag!), cancellationToken).ConfigureAwait(false);
            return written.IsDone ? after with { ETag = written.ETag } : null;
        }

        after = after with { ResultBytes = result.Length };
        if (result.Length > JobResultRow.MaxBytes)
            return await TryWriteLongAsync(item, after, result, cancellationToken).ConfigureAwait(false);
        var both = await store.TransactAsync(
            JobTables.Items,
            [TableOperation.UpdateReplace(JobItemRow.Write(after), item.ETag!), TableOperation.UpsertReplace(JobResultRow.Write(after, result.Span))],
            cancellationToken).ConfigureAwait(false);
        return both.IsDone ? after with { ETag = both.ETags[0] } : null;
    }

    /// <summary>Long results lie in a content of the try's own, so that two tries never mix; the row decides which counts.</summary>
    private async ValueTask<JobItem?> TryWriteLongAsync(JobItem item, JobItem after, ReadOnlyMemory<byte> result, CancellationToken cancellationToken)
    {
        var contentId = $"{JobTables.ItemsPartition(item.JobId, JobTables.ChunkOf(item.Index))}.{JobTables.ResultKey(item.Index)}.{item.Owner}";
        using (var writer = content.Write(contentId))
        {
            await writer.AppendAsync(result, cancellationToken).ConfigureAwait(false);
            await writer.CompleteAsync(cancellationToken).ConfigureAwait(false);
        }

        after = after with { ResultContent = contentId };
        var written = await store.WriteAsync(JobTables.Items, TableOperation.UpdateReplace(JobItemRow.Write(after), item.ETag!), cancellationToken).ConfigureAwait(false);
        // A loser's content goes with the job.
        return written.IsDone ? after with { ETag = written.ETag } : null;
    }
}

/// <summary>What an item becomes, and the result that is written with it in one transaction.</summary>
internal sealed record ItemMove(JobItem After, ReadOnlyMemory<byte>? Result = null);
