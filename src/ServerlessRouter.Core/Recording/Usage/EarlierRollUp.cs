using ServerlessRouter.State;

namespace ServerlessRouter.Recording.Usage;

/// <summary>
/// Rolls up the rows of earlier versions, which instances of such a version may still write. Adds what instances wrote of closed hours up to one row an hour, and closed days to one row a day. Every move is one transaction that takes rows away and adds them to
/// another, so a turn may break off anywhere, come twice, or meet another at work: what was moved counts in the new place alone, and the next turn does the rest.
/// </summary>
internal sealed class EarlierRollUp(ITableStore store, UsageOptions options, TimeProvider time)
{
    /// <summary>Each row that is moved takes two operations, and two more go to the sum and the change row.</summary>
    private const int RowsPerMove = (TableLimits.TransactionOperations - 2) / 2;

    public async ValueTask RunAsync(CancellationToken cancellationToken)
    {
        var today = UsageTables.DayOf(time.GetUtcNow());
        for (var back = options.RollUpDays; back >= 0; back--)
        {
            for (var shard = 0; shard < UsageTables.Shards; shard++)
                await RollUpAsync(today.AddDays(-back), UsageTables.Partition(today.AddDays(-back), shard), cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask RollUpAsync(DateTimeOffset day, string partition, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var rows = await ReadAsync(partition, cancellationToken).ConfigureAwait(false);
        var wasClosed = false;
        foreach (var hour in rows.GroupBy(static row => (Hour: UsageTables.HourOf(row), Dimensions: UsageRow.Dimensions(row))))
        {
            if (hour.Key.Hour.AddHours(1) + options.HourGrace > now || hour.All(static row => row.RowKey[0] == UsageTables.Hour))
                continue;
            await CloseHourAsync([.. hour], cancellationToken).ConfigureAwait(false);
            wasClosed = true;
        }

        if (day.AddDays(1) + options.DayGrace > now || rows.Count == 0)
            return;
        rows = wasClosed ? await ReadAsync(partition, cancellationToken).ConfigureAwait(false) : rows;
        foreach (var hours in rows.Where(static row => row.RowKey[0] == UsageTables.Hour).GroupBy(static row => UsageRow.Dimensions(row)))
            await CloseDayAsync([.. hours], cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Adds the parts of an hour to its row. Where another writes one of the rows meanwhile, the rest waits for the next turn.</summary>
    private async ValueTask CloseHourAsync(List<TableEntity> rows, CancellationToken cancellationToken)
    {
        var (partition, hour, dimensions) = (rows[0].PartitionKey, UsageTables.HourOf(rows[0]), UsageRow.Dimensions(rows[0]));
        var key = UsageTables.HourKey(UsageTables.Hour, hour, dimensions.Hash());
        var known = rows.Find(static row => row.RowKey[0] == UsageTables.Hour);
        var (tally, etag) = (known is null ? default : UsageRow.Tally(known), known?.ETag);
        foreach (var parts in rows.Where(static row => row.RowKey[0] == UsageTables.Part).Chunk(RowsPerMove))
        {
            tally = parts.Aggregate(tally, static (sum, part) => sum + UsageRow.Tally(part));
            var moves = new List<TableOperation> { Changed(partition), Put(UsageRow.Write(partition, key, dimensions, tally), etag) };
            foreach (var part in parts)
                moves.AddRange([Remove(part), TableOperation.Insert(UsageRow.Move(part, $"{UsageTables.TakenPart}{part.RowKey[1..]}"))]);
            var moved = await store.TransactAsync(UsageTables.Usage, moves, cancellationToken).ConfigureAwait(false);
            if (!moved.IsDone)
                return;
            etag = moved.ETags[1];
        }
    }

    /// <summary>Adds hours to their day's row.</summary>
    private async ValueTask CloseDayAsync(List<TableEntity> hours, CancellationToken cancellationToken)
    {
        var (partition, dimensions) = (hours[0].PartitionKey, UsageRow.Dimensions(hours[0]));
        var key = UsageTables.DayKey(dimensions.Hash());
        var known = await store.GetAsync(UsageTables.Usage, partition, key, cancellationToken).ConfigureAwait(false);
        var tally = hours.Aggregate(known is null ? default : UsageRow.Tally(known), static (sum, hour) => sum + UsageRow.Tally(hour));
        var moves = new List<TableOperation> { Changed(partition), Put(UsageRow.Write(partition, key, dimensions, tally), known?.ETag) };
        foreach (var hour in hours)
        {
            var past = $"{UsageTables.PastHour}{hour.RowKey[1..]}";
            // A late part of an hour that is in its day's row already.
            var earlier = known is null ? null : await store.GetAsync(UsageTables.Usage, partition, past, cancellationToken).ConfigureAwait(false);
            var sum = earlier is null ? UsageRow.Tally(hour) : UsageRow.Tally(earlier) + UsageRow.Tally(hour);
            moves.AddRange([Remove(hour), Put(UsageRow.Write(partition, past, dimensions, sum), earlier?.ETag)]);
        }

        await store.TransactAsync(UsageTables.Usage, moves, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<List<TableEntity>> ReadAsync(string partition, CancellationToken cancellationToken)
    {
        var rows = new List<TableEntity>();
        await foreach (var row in store.QueryAsync(UsageTables.Usage, TableQuery.InPartition(partition, UsageTables.Unfinished), cancellationToken).ConfigureAwait(false))
            rows.Add(row);
        return rows;
    }

    private static TableOperation Changed(string partition) => TableOperation.UpsertReplace(new TableEntity(partition, UsageTables.ChangeRow));

    private static TableOperation Put(TableEntity row, string? etag) => etag is null ? TableOperation.Insert(row) : TableOperation.UpdateReplace(row, etag);

    private static TableOperation Remove(TableEntity row) => TableOperation.Delete(row.PartitionKey, row.RowKey, row.ETag!);
}
