using ServerlessRouter.State;

namespace ServerlessRouter.Recording.Usage;

/// <summary>Reads the rows of earlier versions, one for each hour or day and set of dimensions, as long as there are any.</summary>
internal sealed class EarlierUsage(ITableStore store, UsageOptions options, TimeProvider time)
{
    private readonly EarlierPartitionReader _partitions = new(store, options, time);

    /// <summary>Whether there are any in the span of a query.</summary>
    public async ValueTask<bool> HasAnyAsync(UsageQuery query, CancellationToken cancellationToken)
    {
        if (query.Bucket == UsageBucket.Minute)
            return false;
        var days = TableQuery.AcrossPartitions(UsageTables.Days(query.From, query.To)) with { PageSize = 1 };
        await foreach (var _ in store.QueryAsync(UsageTables.Usage, days, cancellationToken).ConfigureAwait(false))
            return true;
        return false;
    }

    /// <summary>Adds those of a span; false where a part could not be read in one piece.</summary>
    public async ValueTask<bool> AddAsync(UsageSums sums, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        for (var day = UsageTables.DayOf(from); day < to; day = day.AddDays(1))
        {
            var byDay = sums.Query.Bucket == UsageBucket.Day || (sums.Query.Bucket == UsageBucket.Window && day >= from && day.AddDays(1) <= to);
            var (start, end) = (day > from ? day : from, day.AddDays(1) < to ? day.AddDays(1) : to);
            var part = sums.Query with { From = sums.Query.Bucket == UsageBucket.Window ? sums.Query.From : start, To = end };
            var shards = Enumerable.Range(0, UsageTables.Shards).Select(shard => _partitions.ReadAsync(UsageTables.Partition(day, shard), part, byDay, cancellationToken));
            foreach (var shard in await Task.WhenAll(shards).ConfigureAwait(false))
            {
                if (shard is null)
                    return false;
                sums.Add(shard);
            }
        }

        return true;
    }
}

/// <summary>
/// Adds up the rows of one partition that count. One page of the store is of one moment. Several are not: where the change row, which comes first of all, says that rows
/// moved meanwhile, they are read again.
/// </summary>
internal sealed class EarlierPartitionReader(ITableStore store, UsageOptions options, TimeProvider time)
{
    /// <summary>The sums; null where rows moved during every try.</summary>
    public async Task<UsageSums?> ReadAsync(string partition, UsageQuery query, bool byDay, CancellationToken cancellationToken)
    {
        for (var (tries, pause) = (1, options.FirstRereadPause); ; tries++, pause *= 2)
        {
            if (await TryReadAsync(partition, query, byDay, cancellationToken).ConfigureAwait(false) is { } sums)
                return sums;
            if (tries == options.MaxRereads)
                return null;
            await Task.Delay(pause, time, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask<UsageSums?> TryReadAsync(string partition, UsageQuery query, bool byDay, CancellationToken cancellationToken)
    {
        var sums = new UsageSums(query);
        var rows = TableQuery.InPartition(partition, byDay ? UsageTables.ReadByDay : UsageTables.ReadByHour) with { PageSize = options.PageSize };
        var page = await store.QueryPageAsync(UsageTables.Usage, rows, null, cancellationToken).ConfigureAwait(false);
        Add(sums, page, byDay);
        if (page.Continuation is null)
            return sums;
        var change = page.Entities is [{ RowKey: UsageTables.ChangeRow } first, ..] ? first.ETag : null;
        while (page.Continuation is { } next)
        {
            page = await store.QueryPageAsync(UsageTables.Usage, rows, next, cancellationToken).ConfigureAwait(false);
            Add(sums, page, byDay);
        }

        var changed = await store.GetAsync(UsageTables.Usage, partition, UsageTables.ChangeRow, cancellationToken).ConfigureAwait(false);
        return change == changed?.ETag ? sums : null;
    }

    private static void Add(UsageSums sums, TablePage page, bool byDay)
    {
        foreach (var row in page.Entities)
        {
            if (row.RowKey[0] != UsageTables.Change && (byDay || row.RowKey[0] != UsageTables.Day))
                sums.AddEarlier(row);
        }
    }
}
