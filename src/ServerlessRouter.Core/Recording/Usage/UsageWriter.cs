using ServerlessRouter.State;

namespace ServerlessRouter.Recording.Usage;

/// <summary>
/// Brings the ledger to the store, as many accounts at a time as a transaction takes. Nothing is added to a row, so a write that is repeated counts once; where the fate
/// of a write is unknown, what stands in the store decides.
/// </summary>
internal sealed class UsageWriter(ITableStore store, UsageLedger ledger)
{
    /// <summary>Writes everything that is not written; what fails stays for the next turn.</summary>
    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        foreach (var partition in ledger.Unwritten().GroupBy(static unwritten => unwritten.Account.Partition))
        {
            foreach (var accounts in partition.Chunk(TableLimits.TransactionOperations))
                await WriteAsync(accounts, cancellationToken).ConfigureAwait(false);
        }

        ledger.Forget();
    }

    private async ValueTask WriteAsync((UsageAccount Account, UsageTally Total)[] accounts, CancellationToken cancellationToken)
    {
        // Each turn that fails settles what stands in the way of one account.
        for (var turn = 0; turn <= accounts.Length; turn++)
        {
            foreach (var (account, _) in accounts)
            {
                if (account.IsUncertain)
                    await LookAsync(account, cancellationToken).ConfigureAwait(false);
            }

            var unwritten = Array.FindAll(accounts, static known => known.Account.Lacks(known.Total));
            if (unwritten.Length == 0 || await TryWriteAsync(unwritten, cancellationToken).ConfigureAwait(false))
                return;
        }
    }

    private async ValueTask<bool> TryWriteAsync((UsageAccount Account, UsageTally Total)[] unwritten, CancellationToken cancellationToken)
    {
        TableTransactionResult result;
        try
        {
            var writes = Array.ConvertAll(unwritten, static known => known.Account.Write(known.Total));
            result = await store.TransactAsync(UsageTables.Usage, writes, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            foreach (var (account, _) in unwritten)
                account.IsUncertain = true;
            throw;
        }

        if (result.FailedIndex is { } failed)
        {
            unwritten[failed].Account.IsUncertain = true;
            return false;
        }

        for (var place = 0; place < unwritten.Length; place++)
            unwritten[place].Account.Written(unwritten[place].Total, result.ETags[place]);
        return true;
    }

    private async ValueTask LookAsync(UsageAccount account, CancellationToken cancellationToken)
    {
        if (await store.GetAsync(UsageTables.Usage, account.Partition, account.RowKey, cancellationToken).ConfigureAwait(false) is { } row)
            account.Found(row);
        else if (await store.GetAsync(UsageTables.Usage, account.Partition, account.TakenKey, cancellationToken).ConfigureAwait(false) is { } trace)
            account.Taken(trace);
        else
            account.Missing();
    }
}
