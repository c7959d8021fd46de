using ServerlessRouter.State;

namespace ServerlessRouter.Recording.Usage;

/// <summary>
/// Adds up the rows of one partition that count. One page of the store is of one moment. Several are not: where the change row, which comes first of all, says that rows
/// moved meanwhile, they are read again.
/// </summary>
internal sealed class UsagePartitionReader(ITableStore store, UsageOptions options, TimeProvider time)
{
    /// <summary>The sums; null where rows moved during every try.</summary>
    public async Task<UsageSums?> ReadAsync(string partition, UsageQuery query, CancellationToken cancellationToken)
    {
        for (var (tries, pause) = (1, options.FirstRereadPause); ; tries++, pause *= 2)
        {
            if (await TryReadAsync(partition, query, cancellationToken).ConfigureAwait(false) is { } sums)
                return sums;
            if (tries == options.MostRereads)
                return null;
            await Task.Delay(pause, time, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask<UsageSums?> TryReadAsync(string partition, UsageQuery query, CancellationToken cancellationToken)
    {
        var sums = new UsageSums(query);
        var rows = TableQuery.InPartition(partition, query.Bucket == UsageBucket.Day ? UsageTables.ReadByDay : UsageTables.ReadByHour) with { PageSize = options.PageSize };
        var page = await store.QueryPageAsync(UsageTables.Usage, rows, null, cancellationToken).ConfigureAwait(false);
        Add(sums, page);
        if (page.Continuation is null)
            return sums;
        var change = page.Entities is [{ RowKey: UsageTables.ChangeRow } first, ..] ? first.ETag : null;
        while (page.Continuation is { } next)
        {
            page = await store.QueryPageAsync(UsageTables.Usage, rows, next, cancellationToken).ConfigureAwait(false);
            Add(sums, page);
        }

        var changed = await store.GetAsync(UsageTables.Usage, partition, UsageTables.ChangeRow, cancellationToken).ConfigureAwait(false);
        return change == changed?.ETag ? sums : null;
    }

    private static void Add(UsageSums sums, TablePage page)
    {
        foreach (var row in page.Entities)
            sums.Add(row);
    }
}
