using ServerlessRouter.State;

namespace ServerlessRouter.Governance.Leases;

/// <summary>
/// Reads the rows of counters of one shard: all of them by one page, as long as few rows stand between them; where there are many, those of one window by a page, and others one by one.
/// </summary>
internal sealed class LeaseReader(ITableStore store, int shard)
{
    /// <summary>From so many rows on, a page that may hold other rows too is cheaper than a call for each.</summary>
    private const int PageFrom = 4;

    /// <summary>So many rows are some 50 kB, and read about as fast as one.</summary>
    private const int MaxRowsTogether = 250;

    /// <summary>How many reads go by before it is tried again whether few rows stand between those that are asked for.</summary>
    private const int MaxReadsApart = 1000;

    private readonly string _partition = LeaseTables.Partition(shard);
    private int _readsApart;

    /// <summary>One call reads all that is asked for, as far as is known.</summary>
    public bool ReadsTogether => _readsApart == 0;

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
        if (keys.Count == 0)
            return found;
        if (!ReadsTogether)
            _readsApart--;
        else if (keys.Count > 1 && !await TryReadPageAsync(keys, MaxRowsTogether, found, cancellationToken).ConfigureAwait(false))
            _readsApart = MaxReadsApart;
        foreach (var alike in keys.Where(key => !found.ContainsKey(key)).GroupBy(static key => key[..(key.LastIndexOf('.') + 1)]).ToArray())
        {
            if (alike.Skip(PageFrom - 1).Any())
                await TryReadPageAsync([.. alike], TableQuery.DefaultPageSize, found, cancellationToken).ConfigureAwait(false);
        }

        var others = keys.Where(key => !found.ContainsKey(key)).ToArray();
        var rows = await Task.WhenAll(others.Select(key => store.GetAsync(LeaseTables.Limits, _partition, key, cancellationToken).AsTask())).ConfigureAwait(false);
        for (var place = 0; place < others.Length; place++)
            found[others[place]] = LeaseRow.Read(rows[place]);
        return found;
    }

    /// <summary>Reads from the first of these keys to the last; false where that is more than one page.</summary>
    private async Task<bool> TryReadPageAsync(IReadOnlyList<string> keys, int rows, Dictionary<string, LeaseRow> found, CancellationToken cancellationToken)
    {
        var (first, end) = (keys.Min(StringComparer.Ordinal)!, keys.Max(StringComparer.Ordinal)!);
        var query = TableQuery.InPartition(_partition, TableKeyRange.Between(first, end + "0")) with { PageSize = rows };
        var page = await store.QueryPageAsync(LeaseTables.Limits, query, null, cancellationToken).ConfigureAwait(false);
        var last = page.Continuation is null ? end : page.Entities.Count == 0 ? "" : page.Entities[^1].RowKey;
        foreach (var row in page.Entities)
            found[row.RowKey] = LeaseRow.Read(row);
        foreach (var key in keys)
        {
            if (string.CompareOrdinal(key, last) <= 0)
                found.TryAdd(key, default);
        }

        return page.Continuation is null;
    }
}
