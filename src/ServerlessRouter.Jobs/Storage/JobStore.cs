using ServerlessRouter.Jobs.Rows;
using ServerlessRouter.State;

namespace ServerlessRouter.Jobs.Storage;

/// <summary>Reads and changes the rows of jobs and of their chunks.</summary>
internal sealed class JobStore(ITableStore store)
{
    private const int MaxConflicts = 16;

    public async ValueTask<Job?> FindAsync(string jobId, CancellationToken cancellationToken) =>
        JobIds.IsWellFormed(jobId) && await store.GetAsync(JobTables.Jobs, jobId, JobTables.JobRow, cancellationToken).ConfigureAwait(false) is { } row
            ? JobRow.Read(row)
            : null;

    /// <summary>Writes a job that is new; one that is there already stays as it is.</summary>
    public async ValueTask InsertAsync(Job job, CancellationToken cancellationToken) =>
        await store.WriteAsync(JobTables.Jobs, TableOperation.Insert(JobRow.Write(job)), cancellationToken).ConfigureAwait(false);

    /// <summary>
    /// Changes a job by compare-and-swap. <paramref name="change"/> sees the row as it is, perhaps several times, and answers what it becomes or null to leave it.
    /// Answers the row as it stands afterwards; null when there is none.
    /// </summary>
    public async ValueTask<Job?> ChangeAsync(string jobId, Func<Job, Job?> change, CancellationToken cancellationToken)
    {
        for (var conflict = 0; conflict < MaxConflicts; conflict++)
        {
            if (await FindAsync(jobId, cancellationToken).ConfigureAwait(false) is not { } job)
                return null;
            if (change(job) is not { } changed)
                return job;
            var written = await store.WriteAsync(JobTables.Jobs, TableOperation.UpdateReplace(JobRow.Write(changed), job.ETag!), cancellationToken).ConfigureAwait(false);
            if (written.IsDone)
                return changed with { ETag = written.ETag };
        }

        throw new TableStoreUnavailableException($"The job {jobId} is being changed by too many at once.");
    }

    public async ValueTask<JobChunk?> FindChunkAsync(string jobId, int chunk, CancellationToken cancellationToken) =>
        await store.GetAsync(JobTables.Jobs, jobId, JobTables.ChunkKey(chunk), cancellationToken).ConfigureAwait(false) is { } row ? JobChunkRow.Read(row) : null;

    /// <summary>Every chunk that has figures, in order.</summary>
    public async ValueTask<List<JobChunk>> ChunksAsync(string jobId, CancellationToken cancellationToken)
    {
        var chunks = new List<JobChunk>();
        var query = TableQuery.InPartition(jobId, TableKeyRange.Prefix(JobTables.ChunkPrefix));
        await foreach (var row in store.QueryAsync(JobTables.Jobs, query, cancellationToken).ConfigureAwait(false))
            chunks.Add(JobChunkRow.Read(row));
        return chunks;
    }

    /// <summary>Writes a chunk's figures under the version they were read at; false when another wrote meanwhile.</summary>
    public async ValueTask<bool> TryWriteChunkAsync(JobChunk chunk, CancellationToken cancellationToken)
    {
        var row = JobChunkRow.Write(chunk);
        var operation = chunk.ETag is { } etag ? TableOperation.UpdateReplace(row, etag) : TableOperation.Insert(row);
        return (await store.WriteAsync(JobTables.Jobs, operation, cancellationToken).ConfigureAwait(false)).IsDone;
    }

    /// <summary>Writes final figures, which are the same for every writer.</summary>
    public async ValueTask SettleChunkAsync(JobChunk chunk, CancellationToken cancellationToken) =>
        await store.WriteAsync(JobTables.Jobs, TableOperation.UpsertReplace(JobChunkRow.Write(chunk)), cancellationToken).ConfigureAwait(false);
}
