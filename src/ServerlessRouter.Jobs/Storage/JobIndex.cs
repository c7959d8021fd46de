using ServerlessRouter.Jobs.Rows;
using ServerlessRouter.State;

namespace ServerlessRouter.Jobs.Storage;

/// <summary>The lists beside the jobs and files: what a caller has, what has not ended, what is to be forgotten when. Every write may be repeated.</summary>
internal sealed class JobIndex(ITableStore store)
{
    public const string Batches = "batches";
    public const string Files = "files";
    public const string Id = "Id";
    public const string CreatedAt = "CreatedAt";
    public const string Caller = "Caller";
    public const string IdempotencyKeyHash = "OnceKey";
    public const string Kind = "Kind";

    private const int Page = 100;

    /// <summary>A job that has not ended, or whose end is not told yet.</summary>
    public ValueTask AddActiveAsync(Job job, CancellationToken cancellationToken) => UpsertAsync(
        new RowBuilder(JobTables.ActivePartition(job.Id), job.Id)
            .Set(Kind, job.Kind.ToString()).Set(CreatedAt, job.CreatedAt).Set(Caller, job.Caller).Set(IdempotencyKeyHash, job.IdempotencyKeyHash).Build(),
        cancellationToken);

    public ValueTask RemoveActiveAsync(string jobId, CancellationToken cancellationToken) =>
        store.DeleteAsync(JobTables.Index, JobTables.ActivePartition(jobId), jobId, cancellationToken);

    public ValueTask AddToListAsync(string list, string? caller, DateTimeOffset createdAt, string id, CancellationToken cancellationToken) => UpsertAsync(
        new RowBuilder(JobTables.ListPartition(list, caller), JobTables.ListKey(createdAt, id)).Set(Id, id).Build(), cancellationToken);

    public ValueTask RemoveFromListAsync(string list, string? caller, DateTimeOffset createdAt, string id, CancellationToken cancellationToken) =>
        store.DeleteAsync(JobTables.Index, JobTables.ListPartition(list, caller), JobTables.ListKey(createdAt, id), cancellationToken);

    /// <summary>Ids of a caller's list, newest first, behind the key given.</summary>
    public async IAsyncEnumerable<string> ListAsync(
        string list, string? caller, string? afterKey, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var rows = afterKey is null ? TableKeyRange.All : TableKeyRange.StartingAt(afterKey);
        var query = TableQuery.InPartition(JobTables.ListPartition(list, caller), rows) with { PageSize = Page };
        await foreach (var row in store.QueryAsync(JobTables.Index, query, cancellationToken).ConfigureAwait(false))
        {
            if (row.RowKey != afterKey)
                yield return row[Id].AsString();
        }
    }

    /// <summary>Notes that a thing is forgotten on that day.</summary>
    public ValueTask AddDueAsync(string id, DateTimeOffset due, CancellationToken cancellationToken) =>
        UpsertAsync(new TableEntity(JobTables.DuePartition(due), id), cancellationToken);

    private async ValueTask UpsertAsync(TableEntity row, CancellationToken cancellationToken) =>
        await store.WriteAsync(JobTables.Index, TableOperation.UpsertReplace(row), cancellationToken).ConfigureAwait(false);
}
