using System.Runtime.ExceptionServices;
using ServerlessRouter.State;

namespace ServerlessRouter.Recording.Usage;

/// <summary>
/// Brings the ledger to the store, a row for each account. Nothing is added to a row, so a write that is repeated counts once; where the fate of a write is unknown, the row is looked at before
/// it is written again.
/// </summary>
internal sealed class UsageWriter(ITableStore store, UsageLedger ledger, UsageOptions options, TimeProvider time)
{
    private readonly UsageMarks _marks = new(store, options, time);

    /// <summary>Writes everything that is not written; what fails stays for the next turn. A row that the store refuses does not keep it from the others; a store that is away does.</summary>
    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        var unwritten = ledger.Unwritten();
        if (unwritten.Count > 0)
            await _marks.FollowAsync(cancellationToken).ConfigureAwait(false);
        ExceptionDispatchInfo? failure = null;
        try
        {
            foreach (var (account, writing) in unwritten)
            {
                try
                {
                    await WriteAsync(account, writing, cancellationToken).ConfigureAwait(false);
                }
                catch (Exception exception) when (exception is not (OperationCanceledException or TableStoreUnavailableException))
                {
                    failure ??= ExceptionDispatchInfo.Capture(exception);
                }
            }
        }
        finally
        {
            ledger.Forget();
        }

        failure?.Throw();
    }

    private async ValueTask WriteAsync(UsageAccount account, UsageWriting writing, CancellationToken cancellationToken)
    {
        if (account.IsUncertain)
            account.Found(await store.GetAsync(UsageShelf.Table, account.Partition, account.RowKey, cancellationToken).ConfigureAwait(false));
        if (_marks.IsTooLate(account.Slot))
            account.GoLate();
        account.IsUncertain = true;
        var result = await store.TransactAsync(UsageShelf.Table, _marks.With(account.Write(writing), account.Slot), cancellationToken).ConfigureAwait(false);
        // Where the row is not as it was left, an earlier call arrived after all: the next turn looks at it.
        if (!result.IsDone)
            return;
        account.Written(writing, result.ETags[0]);
        account.IsUncertain = false;
    }
}

/// <summary>Marks hours whose rows are written after their sums may have been made, so that no reading relies on sums that lack them.</summary>
internal sealed class UsageMarks(ITableStore store, UsageOptions options, TimeProvider time)
{
    private DateTimeOffset _rolled;

    /// <summary>Learns up to where sums are made; by the clock of another instance, which may be ahead of this one's.</summary>
    public async ValueTask FollowAsync(CancellationToken cancellationToken) =>
        _rolled = (await store.GetAsync(UsageShelf.Table, UsageShelf.StatePartition, UsageShelf.RolledRow, cancellationToken).ConfigureAwait(false))?[nameof(UsageStanding.Rolled)].AsDateTime() ?? default;

    /// <summary>The rows of such hours may be given up, so what comes now stays apart from them.</summary>
    public bool IsTooLate(DateTimeOffset slot) => slot < UsageTables.DayOf(time.GetUtcNow()).AddDays(-options.RollUpDays);

    /// <summary>The write, and the mark where one is due: well before a roll-up takes the hour, so that clocks and calls may be late by as much again.</summary>
    public TableOperation[] With(TableOperation write, DateTimeOffset slot)
    {
        var hour = UsageTables.HourOf(slot);
        return write.PartitionKey == UsageShelf.LatePartition || (hour >= _rolled && time.GetUtcNow() < hour.AddHours(1) + (options.HourGrace / 2))
            ? [write]
            : [write, TableOperation.UpsertReplace(new TableEntity(UsageShelf.Partition(hour), UsageShelf.StaleKey(hour)))];
    }
}
