using ServerlessRouter.Jobs.Storage;
using ServerlessRouter.State;

namespace ServerlessRouter.Jobs.Steps;

/// <summary>Forgets the jobs, files and answers whose day has passed, a few at a time.</summary>
internal sealed class RetainStep(JobStorage storage, JobErasure erasure, TimeProvider time)
{
    private const int ThingsPerTurn = 20;

    public async ValueTask<SweepResult> RunAsync(string? cursor, CancellationToken cancellationToken)
    {
        var past = TableKeyRange.Between(JobTables.DuePrefix, JobTables.DuePartition(time.GetUtcNow()));
        var page = await storage.Store.QueryPageAsync(JobTables.Index, TableQuery.AcrossPartitions(past) with { PageSize = ThingsPerTurn }, cursor, cancellationToken).ConfigureAwait(false);
        foreach (var due in page.Entities)
        {
            // What is still needed is looked at again tomorrow.
            if (!await TryForgetAsync(due.RowKey, cancellationToken).ConfigureAwait(false))
                await storage.Index.AddDueAsync(due.RowKey, time.GetUtcNow().AddDays(1), cancellationToken).ConfigureAwait(false);
            await storage.Store.DeleteAsync(JobTables.Index, due.PartitionKey, due.RowKey, cancellationToken).ConfigureAwait(false);
        }

        return new SweepResult(page.Continuation, page.Entities.Count);
    }

    private async ValueTask<bool> TryForgetAsync(string id, CancellationToken cancellationToken)
    {
        if (id.StartsWith(StoredResponses.Prefix, StringComparison.Ordinal))
        {
            await storage.Responses.ForgetAsync(id, cancellationToken).ConfigureAwait(false);
            return true;
        }

        if (id.StartsWith(JobIds.File, StringComparison.Ordinal))
            return await storage.Files.TryForgetAsync(id, cancellationToken).ConfigureAwait(false);
        if (await storage.Jobs.FindAsync(id, cancellationToken).ConfigureAwait(false) is not { } job)
            return true;
        if (!job.HasEnded)
            return false;
        await erasure.EraseAsync(job, cancellationToken).ConfigureAwait(false);
        return true;
    }
}
