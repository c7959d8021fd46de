using ServerlessRouter.State;

namespace ServerlessRouter.Recording.Usage;

/// <summary>Forgets the rows of earlier versions that usage no longer needs: traces of parts once nothing moves any more, hours past their days, and days past theirs. May break off and come again.</summary>
internal sealed class EarlierErasure(ITableStore store, UsageOptions options, TimeProvider time)
{
    /// <summary>Days that are looked through for each kind of row; whatever a router that was off for longer missed goes with its day.</summary>
    private const int DaysPerTurn = 7;

    /// <summary>Whether there are any.</summary>
    public async ValueTask<bool> HasAnyAsync(CancellationToken cancellationToken)
    {
        await foreach (var _ in store.QueryAsync(UsageTables.Usage, TableQuery.All with { PageSize = 1 }, cancellationToken).ConfigureAwait(false))
            return true;
        return false;
    }

    public async ValueTask RunAsync(CancellationToken cancellationToken)
    {
        var today = UsageTables.DayOf(time.GetUtcNow());
        await EraseAsync(today.AddDays(-options.RollUpDays - 1), UsageTables.TakenParts, cancellationToken).ConfigureAwait(false);
        await EraseAsync(today.AddDays(-options.HourlyDays - 1), UsageTables.PastHours, cancellationToken).ConfigureAwait(false);
        await store.DeleteAllAsync(UsageTables.Usage, TableQuery.AcrossPartitions(UsageTables.Before(today.AddDays(-options.KeptDays))), cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask EraseAsync(DateTimeOffset last, TableKeyRange rows, CancellationToken cancellationToken)
    {
        for (var back = 0; back < DaysPerTurn; back++)
        {
            for (var shard = 0; shard < UsageTables.Shards; shard++)
                await store.DeleteAllAsync(UsageTables.Usage, TableQuery.InPartition(UsageTables.Partition(last.AddDays(-back), shard), rows), cancellationToken).ConfigureAwait(false);
        }
    }
}
