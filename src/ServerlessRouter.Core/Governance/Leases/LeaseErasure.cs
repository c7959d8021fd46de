using ServerlessRouter.Configuration;
using ServerlessRouter.State;

namespace ServerlessRouter.Governance.Leases;

/// <summary>Deletes rows of windows that are long over, and of sessions that rest. Their age is told by the store's clock, so that an instance whose clock is wrong deletes nothing that is in use.</summary>
internal sealed class LeaseErasure(ITableStore store, LeasePresence presence, LeaseState state)
{
    /// <summary>Windows, how long each lasts at most, and whether its rows go soon after its end.</summary>
    private static readonly (LimitWindow Window, TimeSpan MaxLength, bool IsShort)[] Windows =
    [
        (LimitWindow.Minute, TimeSpan.FromMinutes(1), true),
        (LimitWindow.Hour, TimeSpan.FromHours(1), true),
        (LimitWindow.Day, TimeSpan.FromDays(1), false),
        (LimitWindow.Week, TimeSpan.FromDays(7), false),
        (LimitWindow.Month, TimeSpan.FromDays(31), false),
    ];

    private static readonly LimitWindow[] Lasting = [LimitWindow.Session, LimitWindow.None];

    public async ValueTask RunAsync(CancellationToken cancellationToken)
    {
        var now = state.Time.GetUtcNow() + presence.StoreClockAhead;
        for (var shard = 0; shard < LeaseTables.Shards; shard++)
        {
            foreach (var beginning in (string[])["t.", $"i.{presence.Name}."])
                await EraseAsync(LeaseTables.Partition(shard), beginning, now, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Deletes the rows of counters that are in memory no more and of which the store knows everything.</summary>
    public async ValueTask EraseAsync(IEnumerable<LeaseCounter> retired, CancellationToken cancellationToken)
    {
        foreach (var partition in retired.Where(static counter => counter.Rows.Part.ETag is not null).GroupBy(static counter => LeaseTables.Partition(counter.Subject.Shard)))
        {
            foreach (var rows in partition.Chunk(TableLimits.TransactionOperations))
            {
                var deletes = Array.ConvertAll(rows, counter => TableOperation.Delete(partition.Key, LeaseTables.Part(presence.Name, counter), TableETag.Any));
                // Where one is gone already the others go with their window.
                await store.TransactAsync(LeaseTables.Limits, deletes, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async ValueTask EraseAsync(string partition, string beginning, DateTimeOffset now, CancellationToken cancellationToken)
    {
        foreach (var (window, length, isShort) in Windows)
        {
            var first = now - length - (isShort ? state.Options.ShortRetention : state.Options.LongRetention);
            await store.DeleteAllAsync(LeaseTables.Limits, TableQuery.InPartition(partition, LeaseTables.Before(beginning, window, first)), cancellationToken).ConfigureAwait(false);
        }

        foreach (var window in Lasting)
        {
            await foreach (var row in store.QueryAsync(LeaseTables.Limits, TableQuery.InPartition(partition, LeaseTables.Lasting(beginning, window)), cancellationToken).ConfigureAwait(false))
            {
                if (row.Timestamp < now - state.Options.SessionRetention)
                    await store.WriteAsync(LeaseTables.Limits, TableOperation.Delete(partition, row.RowKey, row.ETag!), cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
