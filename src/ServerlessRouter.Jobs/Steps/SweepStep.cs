using ServerlessRouter.Jobs.Rows;
using ServerlessRouter.Jobs.Storage;
using ServerlessRouter.State;

namespace ServerlessRouter.Jobs.Steps;

/// <summary>Looks through the jobs that have not ended or not told of it: begins what is not under way, and clears away what a broken-off submission or end left.</summary>
internal sealed class SweepStep(JobHost host, JobStorage storage, JobEnding ending, JobErasure erasure, JobOptions options, TimeProvider time)
{
    private const int JobsPerTurn = 100;

    public async ValueTask<SweepResult> RunAsync(string? cursor, CancellationToken cancellationToken)
    {
        var query = TableQuery.AcrossPartitions(TableKeyRange.Prefix(JobTables.ActivePrefix)) with { PageSize = JobsPerTurn };
        var page = await storage.Store.QueryPageAsync(JobTables.Index, query, cursor, cancellationToken).ConfigureAwait(false);
        foreach (var row in page.Entities)
            await DealWithAsync(row, cancellationToken).ConfigureAwait(false);
        return new SweepResult(page.Continuation, page.Entities.Count);
    }

    private async ValueTask DealWithAsync(TableEntity active, CancellationToken cancellationToken)
    {
        var job = await storage.Jobs.FindAsync(active.RowKey, cancellationToken).ConfigureAwait(false);
        if (job is null)
            await ForgetAsync(active, cancellationToken).ConfigureAwait(false);
        else if (job.HasEnded && job.IsNotified)
            await ending.AfterAsync(job, cancellationToken).ConfigureAwait(false);
        else if (!job.HasEnded || job.NextTellingAt is not { } next || next <= time.GetUtcNow())
            await host.Launcher.LaunchAsync(job.Id, job.Kind, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A submission that never came to its job's row.</summary>
    private async ValueTask ForgetAsync(TableEntity active, CancellationToken cancellationToken)
    {
        if (time.GetUtcNow() - active[JobIndex.CreatedAt].AsDateTime() < options.SubmissionGrace)
            return;
        await erasure.EraseInputAsync(active.RowKey, active.TextOf(JobIndex.Caller), active.TextOf(JobIndex.IdempotencyKeyHash), cancellationToken).ConfigureAwait(false);
        await storage.Index.RemoveActiveAsync(active.RowKey, cancellationToken).ConfigureAwait(false);
    }
}
