using ServerlessRouter.State;

namespace ServerlessRouter.Governance.Leases;

/// <summary>Reads the rows of counters of one shard: many totals of one window by a page, others one by one.</summary>
internal sealed class LeaseReader(ITableStore store, int shard)
{
    /// <summary>From so many rows on, a page that may hold other rows too is cheaper than a call for each.</summary>
    private const int PageFrom = 4;

    private readonly string _partition = LeaseTables.Partition(shard);

    /// <summary>Reads what must be read of these counters, and tells them.</summary>
    public async Task ReadAsync(IReadOnlyList<LeaseCounter> counters, string instance, long now, CancellationToken cancellationToken)
    {
        // Parts first: a write of this instance that takes place in between makes the others look larger, not smaller.
        var parts = await ReadAsync([.. counters.Where(static counter => counter.Rows.MustReadPart).Select(counter => LeaseTables.Part(instance, counter))], cancellationToken).ConfigureAwait(false);
        var totals = await ReadAsync([.. counters.Where(static counter => counter.Rows.MustReadTotal).Select(static counter => LeaseTables.Total(counter.Key))], cancellationToken).ConfigureAwait(false);
        foreach (var counter in counters)
        {
            var rows = counter.Rows;
            if (!rows.MustReadTotal && !rows.MustReadPart)
                continue;
            if (rows.MustReadTotal)
                (rows.Total, rows.ReadAt) = (totals[LeaseTables.Total(counter.Key)], now);
            if (rows.MustReadPart)
                (rows.Part, rows.MustWrite) = (parts[LeaseTables.Part(instance, counter)], true);
            (rows.MustReadTotal, rows.MustReadPart) = (false, false);
            counter.Found(rows.Total, rows.Part, now);
        }
    }

    /// <summary>The rows with these keys; those that are not there have no ETag.</summary>
    public async Task<Dictionary<string, LeaseRow>> ReadAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, LeaseRow>(keys.Count, StringComparer.Ordinal);
        foreach (var alike in keys.GroupBy(static key => key[..(key.LastIndexOf('.') + 1)]))
        {
            if (alike.Skip(PageFrom - 1).Any())
                await ReadPageAsync([.. alike.Order(StringComparer.Ordinal)], found, cancellationToken).ConfigureAwait(false);
        }

        var others = keys.Where(key => !found.ContainsKey(key)).ToArray();
        var rows = await Task.WhenAll(others.Select(key => store.GetAsync(LeaseTables.Limits, _partition, key, cancellationToken).AsTask())).ConfigureAwait(false);
        for (var place = 0; place < others.Length; place++)
            found[others[place]] = LeaseRow.Read(rows[place]);
        return found;
    }

    private async Task ReadPageAsync(string[] keys, Dictionary<string, LeaseRow> found, CancellationToken cancellationToken)
    {
        var range = TableKeyRange.Between(keys[0], keys[^1] + "0");
        var page = await store.QueryPageAsync(LeaseTables.Limits, TableQuery.InPartition(_partition, range), null, cancellationToken).ConfigureAwait(false);
        var last = page.Continuation is null ? keys[^1] : page.Entities.Count == 0 ? "" : page.Entities[^1].RowKey;
        foreach (var row in page.Entities)
            found[row.RowKey] = LeaseRow.Read(row);
        foreach (var key in keys)
        {
            if (string.CompareOrdinal(key, last) <= 0)
                found.TryAdd(key, default);
        }
    }
}
