using ServerlessRouter.State;

namespace ServerlessRouter.Alerts;

/// <summary>Reads and writes the rows of alerts. Every member throws <see cref="TableStoreUnavailableException"/> while the storage is down.</summary>
internal sealed class AlertStore(ITableStore store)
{
    /// <summary>Everything that is not past.</summary>
    public async ValueTask<AlertBoard> ReadAsync(CancellationToken cancellationToken)
    {
        var (rows, messages) = (new List<AlertRow>(), 0);
        await foreach (var entity in store.QueryAsync(AlertTables.Alerts, TableQuery.InPartition(AlertTables.Now), cancellationToken).ConfigureAwait(false))
        {
            if (AlertTables.IsAlert(entity))
                rows.Add(AlertRow.Read(entity));
            else
                messages++;
        }

        return rows.Count == 0 && messages == 0 ? AlertBoard.Empty : new AlertBoard(rows, messages);
    }

    public async ValueTask<IReadOnlyList<AlertRow>> ReadCurrentAsync(CancellationToken cancellationToken)
    {
        var rows = new List<AlertRow>();
        await foreach (var entity in store.QueryAsync(AlertTables.Alerts, TableQuery.InPartition(AlertTables.Now, AlertTables.CurrentAlerts), cancellationToken).ConfigureAwait(false))
            rows.Add(AlertRow.Read(entity));
        return rows;
    }

    /// <summary>A row as it is now; null where there is none.</summary>
    public async ValueTask<AlertRow?> ReadAsync(string rowKey, CancellationToken cancellationToken) =>
        await store.GetAsync(AlertTables.Alerts, AlertTables.Now, rowKey, cancellationToken).ConfigureAwait(false) is { } entity ? AlertRow.Read(entity) : null;

    /// <summary>A past alert; null where there is none.</summary>
    public async ValueTask<AlertRow?> ReadPastAsync(string id, CancellationToken cancellationToken) =>
        await store.GetAsync(AlertTables.Alerts, AlertTables.Past, id, cancellationToken).ConfigureAwait(false) is { } entity ? AlertRow.Read(entity) : null;

    /// <summary>Past alerts behind an id, the newest first.</summary>
    public async ValueTask<IReadOnlyList<AlertRow>> ReadPastAsync(string? after, int count, CancellationToken cancellationToken)
    {
        var rows = new List<AlertRow>();
        var query = TableQuery.InPartition(AlertTables.Past, after is null ? TableKeyRange.All : TableKeyRange.StartingAt(after + ' ')) with { PageSize = Math.Min(count, TableLimits.PageSize) };
        await foreach (var entity in store.QueryAsync(AlertTables.Alerts, query, cancellationToken).ConfigureAwait(false))
        {
            rows.Add(AlertRow.Read(entity));
            if (rows.Count == count)
                break;
        }

        return rows;
    }

    /// <summary>Writes a change and the messages that tell of it, all or none; null where the row was written by another meanwhile.</summary>
    public async ValueTask<AlertRow?> WriteAsync(AlertRow row, IEnumerable<AlertMessageRow> messages, CancellationToken cancellationToken)
    {
        TableOperation[] operations = [row.ToWrite(), .. messages.Select(static message => message.ToWrite())];
        var result = await store.TransactAsync(AlertTables.Alerts, operations, cancellationToken).ConfigureAwait(false);
        return result.FailedIndex is null ? row with { ETag = result.ETags[0] } : null;
    }

    /// <summary>Puts an ended alert among the past ones; false where it came back meanwhile.</summary>
    public async ValueTask<bool> ArchiveAsync(AlertRow row, CancellationToken cancellationToken)
    {
        // In this order it is never missing; where it came back, it is found among the current ones first.
        await store.WriteAsync(AlertTables.Alerts, row.ToPast(), cancellationToken).ConfigureAwait(false);
        var deleted = await store.WriteAsync(AlertTables.Alerts, row.ToDelete(), cancellationToken).ConfigureAwait(false);
        return deleted.Outcome is TableOutcome.Done or TableOutcome.NotFound;
    }

    /// <summary>Writes a past alert anew, if it is still there.</summary>
    public async ValueTask<bool> RewritePastAsync(AlertRow row, CancellationToken cancellationToken) =>
        (await store.WriteAsync(AlertTables.Alerts, TableOperation.UpdateReplace(row.ToEntity(AlertTables.Past, row.Alert.Id), row.ETag!), cancellationToken).ConfigureAwait(false)).IsDone;

    /// <summary>Forgets past alerts that ended before a time, a page of them at most.</summary>
    public async ValueTask ForgetAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        var old = TableQuery.InPartition(AlertTables.Past, TableKeyRange.StartingAt(AlertTables.FirstIdBefore(before)));
        var page = await store.QueryPageAsync(AlertTables.Alerts, old, null, cancellationToken).ConfigureAwait(false);
        foreach (var chunk in page.Entities.Where(row => AlertRow.Read(row).Alert.Resolved < before).Chunk(TableLimits.TransactionOperations))
            await store.TransactAsync(AlertTables.Alerts, [.. chunk.Select(static row => TableOperation.Delete(row.PartitionKey, row.RowKey, TableETag.Any))], cancellationToken).ConfigureAwait(false);
    }
}
