using ServerlessRouter.State;

namespace ServerlessRouter.Governance.Leases;

/// <summary>
/// Brings counters of one shard to the store, as many at a time as a transaction takes: each total and this instance's part of it, both under their ETags. A write of unknown fate is not repeated: the rows
/// are read, and a new write under what was read settles whether the first one counts.
/// </summary>
internal sealed class LeaseWriter(ITableStore store, int shard, LeasePresence presence, LeaseState state)
{
    /// <summary>Each takes its total and its part.</summary>
    public const int CountersPerTransaction = TableLimits.TransactionOperations / 2;

    /// <summary>Tries of many counters at once, which one that others write can spoil.</summary>
    private const int MaxTriesTogether = 4;

    /// <summary>Tries of one counter, of which each fails only if another instance wrote the total meanwhile.</summary>
    private const int MaxTriesAlone = 16;

    private readonly LeaseReader _reader = new(store, shard);

    /// <summary>One call reads the totals of many counters.</summary>
    public bool ReadsTogether => _reader.ReadsTogether;

    /// <summary>Writes what is to be written; false when the store could not be reached.</summary>
    public async Task<bool> TryWriteAsync(IReadOnlyCollection<LeaseCounter> counters)
    {
        using var bound = state.StoreBound();
        try
        {
            await presence.AnnounceAsync(bound.Token).ConfigureAwait(false);
            foreach (var some in counters.Chunk(CountersPerTransaction))
                await WriteAsync(some, bound.Token).ConfigureAwait(false);
            state.StoreAnswered();
            return true;
        }
        catch (Exception failure)
        {
            state.StoreFailed(failure);
            return false;
        }
    }

    private async Task WriteAsync(LeaseCounter[] counters, CancellationToken cancellationToken)
    {
        for (var tries = 0; tries < MaxTriesTogether; tries++)
        {
            if (await TryOnceAsync(counters, cancellationToken).ConfigureAwait(false))
                return;
        }

        foreach (var counter in counters)
        {
            LeaseCounter[] one = [counter];
            for (var tries = 0; tries < MaxTriesAlone && !await TryOnceAsync(one, cancellationToken).ConfigureAwait(false); tries++)
            {
            }
        }
    }

    private async Task<bool> TryOnceAsync(LeaseCounter[] counters, CancellationToken cancellationToken)
    {
        var moment = state.Now();
        foreach (var counter in counters)
        {
            // What others have written since the last look would fail the transaction.
            if ((!moment.IsAlone || counter.OthersHold) && counter.Rows.Total.ETag is not null && moment.Now - counter.Rows.ReadAt > state.RenewInterval / 2)
                counter.Rows.MustReadTotal = true;
        }

        await _reader.ReadAsync(counters, presence.Name, moment.Now, cancellationToken).ConfigureAwait(false);
        var changes = Plan(counters, moment);
        return changes.Count == 0 || await TryWriteAsync(changes, moment, cancellationToken).ConfigureAwait(false);
    }

    private static List<LeaseChange> Plan(LeaseCounter[] counters, LeaseMoment moment)
    {
        var changes = new List<LeaseChange>(counters.Length);
        foreach (var counter in counters)
        {
            if (counter.Plan(moment) is not { } plan)
                continue;
            var (total, part) = (counter.Rows.Total, counter.Rows.Part);
            changes.Add(new LeaseChange(
                counter,
                plan,
                total with { Granted = total.Granted + plan.Granted - part.Granted, Settled = total.Settled + plan.Settled - part.Settled },
                part with { Granted = plan.Granted, Settled = plan.Settled }));
        }

        return changes;
    }

    private async Task<bool> TryWriteAsync(List<LeaseChange> changes, LeaseMoment moment, CancellationToken cancellationToken)
    {
        var operations = new List<TableOperation>(2 * changes.Count);
        foreach (var change in changes)
        {
            operations.Add(change.Total.Write(shard, LeaseTables.Total(change.Counter.Key)));
            operations.Add(change.Part.Write(shard, LeaseTables.Part(presence.Name, change.Counter)));
        }

        TableTransactionResult result;
        try
        {
            result = await store.TransactAsync(LeaseTables.Limits, operations, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            foreach (var change in changes)
                (change.Counter.Rows.MustReadTotal, change.Counter.Rows.MustReadPart) = (true, true);
            throw;
        }

        if (result.FailedIndex is { } failed)
        {
            MustRead(changes, failed);
            return false;
        }

        for (var place = 0; place < changes.Count; place++)
            Written(changes[place], result.ETags[2 * place], result.ETags[(2 * place) + 1], moment);
        return true;
    }

    private void MustRead(List<LeaseChange> changes, int failed)
    {
        var rows = changes[failed / 2].Counter.Rows;
        (rows.MustReadTotal, rows.MustReadPart) = (true, rows.MustReadPart || failed % 2 == 1);
        // Who wrote this total is likely to have written the others with it; and where one window that was taken for new was not, the others are likely to be no newer.
        foreach (var change in changes)
            change.Counter.Rows.MustReadTotal |= ReadsTogether || (rows.Total.ETag is null && change.Counter.Rows.Total.ETag is null);
    }

    private static void Written(LeaseChange change, string? total, string? part, in LeaseMoment moment)
    {
        var rows = change.Counter.Rows;
        (rows.Total, rows.Part, rows.ReadAt, rows.MustWrite) = (change.Total with { ETag = total }, change.Part with { ETag = part }, moment.Now, false);
        change.Counter.Written(change.Plan, rows.Total, moment);
    }

    private readonly record struct LeaseChange(LeaseCounter Counter, LeasePlan Plan, LeaseRow Total, LeaseRow Part);
}
