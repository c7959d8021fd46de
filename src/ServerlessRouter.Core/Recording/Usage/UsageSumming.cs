using ServerlessRouter.State;

namespace ServerlessRouter.Recording.Usage;

/// <summary>
/// Makes one sum out of the rows below it, by every view. A sum is a function of those rows, so making it again changes nothing; its rows are looked at before those below are read and written
/// under the ETags they had then, so of two at work the one that read later wins.
/// </summary>
internal sealed class UsageSumming(ITableStore store)
{
    /// <summary>Three pages and what base64 adds to them fit into the 4 MiB of a transaction.</summary>
    private const int PagesPerTransaction = 3;

    /// <summary>The hour's, of what writers wrote.</summary>
    public ValueTask<bool> SumHourAsync(DateTimeOffset hour, CancellationToken cancellationToken) =>
        SumAsync(UsageShelf.Hour, hour, UsageShelf.SourcesIn(hour, hour.AddHours(1)), cancellationToken);

    /// <summary>The day's, of its hours.</summary>
    public ValueTask<bool> SumDayAsync(DateTimeOffset day, CancellationToken cancellationToken) =>
        SumAsync(UsageShelf.Day, day, UsageShelf.SumsIn(UsageShelf.Hour, UsageView.Whole, day, day.AddDays(1)), cancellationToken);

    /// <summary>The month's, of its days.</summary>
    public ValueTask<bool> SumMonthAsync(DateTimeOffset month, CancellationToken cancellationToken) =>
        SumAsync(UsageShelf.Month, month, UsageShelf.SumsIn(UsageShelf.Day, UsageView.Whole, month, month.AddMonths(1)), cancellationToken);

    /// <summary>False where another wrote the same sum meanwhile.</summary>
    private async ValueTask<bool> SumAsync(char kind, DateTimeOffset start, TableKeyRange below, CancellationToken cancellationToken)
    {
        var partition = UsageShelf.Partition(start);
        var known = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var view in UsageView.All)
        {
            await foreach (var row in store.QueryAsync(UsageShelf.Table, TableQuery.InPartition(partition, TableKeyRange.Prefix(UsageShelf.SumKey(kind, view, start))), cancellationToken).ConfigureAwait(false))
                known[row.RowKey] = row.ETag!;
        }

        var whole = new UsageBook();
        await foreach (var row in store.QueryAsync(UsageShelf.Table, TableQuery.InPartition(partition, below), cancellationToken).ConfigureAwait(false))
            UsagePages.Read(row, (_, dimensions) => whole.CellOf(0, dimensions));
        foreach (var view in UsageView.All)
        {
            if (!await WriteAsync(partition, UsageShelf.SumKey(kind, view, start), UsagePages.Rows(partition, UsageShelf.SumKey(kind, view, start), whole.Of(view), view), known, cancellationToken).ConfigureAwait(false))
                return false;
        }

        return true;
    }

    private async ValueTask<bool> WriteAsync(string partition, string key, IEnumerable<TableEntity> rows, Dictionary<string, string> known, CancellationToken cancellationToken)
    {
        var writes = new List<TableOperation>();
        foreach (var row in rows)
            writes.Add(known.Remove(row.RowKey, out var etag) ? TableOperation.UpdateReplace(row, etag) : TableOperation.Insert(row));

        foreach (var (left, etag) in known.Where(row => row.Key.StartsWith(key, StringComparison.Ordinal)))
            writes.Add(TableOperation.Delete(partition, left, etag));
        foreach (var some in writes.Chunk(PagesPerTransaction))
        {
            if (!(await store.TransactAsync(UsageShelf.Table, some, cancellationToken).ConfigureAwait(false)).IsDone)
                return false;
        }

        return true;
    }
}
