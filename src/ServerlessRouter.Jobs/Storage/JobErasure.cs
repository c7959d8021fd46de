using ServerlessRouter.State;

namespace ServerlessRouter.Jobs.Storage;

/// <summary>Deletes everything a job left but its output files, its own row last, so that a deletion that breaks off can be repeated.</summary>
internal sealed class JobErasure(JobStorage storage)
{
    /// <summary>Results may be long, so few rows come at a time.</summary>
    private const int RowsPerPage = 100;

    public async ValueTask EraseAsync(Job job, CancellationToken cancellationToken)
    {
        await storage.Index.RemoveActiveAsync(job.Id, cancellationToken).ConfigureAwait(false);
        if (job.Kind == JobKind.Batch)
            await storage.Index.RemoveFromListAsync(JobIndex.Batches, job.Caller, job.CreatedAt, job.Id, cancellationToken).ConfigureAwait(false);
        await EraseInputAsync(job.Id, job.Caller, job.IdempotencyKeyHash, cancellationToken).ConfigureAwait(false);
        var parts = TableQuery.AcrossPartitions(TableKeyRange.Prefix($"{job.Id}.")) with { PageSize = RowsPerPage };
        await storage.Store.DeleteAllAsync(JobTables.Content, parts, cancellationToken).ConfigureAwait(false);
        await storage.Store.DeleteAllAsync(JobTables.Items, parts, cancellationToken).ConfigureAwait(false);
        await storage.Store.DeleteAllAsync(JobTables.Jobs, TableQuery.InPartition(job.Id), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What stands before a job's row does: the body of a single request and the caller's idempotency key.</summary>
    public async ValueTask EraseInputAsync(string jobId, string? caller, string? onceKey, CancellationToken cancellationToken)
    {
        await storage.Content.DeleteAsync(jobId, cancellationToken).ConfigureAwait(false);
        if (onceKey is not null)
            await storage.Store.DeleteAsync(JobTables.Index, JobTables.IdempotencyPartition(caller), onceKey, cancellationToken).ConfigureAwait(false);
    }
}
