using ServerlessRouter.Jobs.Storage;
using ServerlessRouter.State;

namespace ServerlessRouter.Jobs.Steps;

/// <summary>What follows once a job has reached its last state. Every write may be repeated.</summary>
internal sealed class JobEnding(JobStorage storage)
{
    /// <summary>Lets go of the input; a job whose end must still be told stays among the active ones.</summary>
    public async ValueTask AfterAsync(Job job, CancellationToken cancellationToken)
    {
        if (job.Kind == JobKind.Batch)
            await storage.Store.DeleteAsync(JobTables.Files, job.InputId, JobTables.UsePrefix + job.Id, cancellationToken).ConfigureAwait(false);
        if (job.IsNotified)
            await storage.Index.RemoveActiveAsync(job.Id, cancellationToken).ConfigureAwait(false);
    }
}
