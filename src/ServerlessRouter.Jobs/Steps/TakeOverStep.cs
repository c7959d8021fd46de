using ServerlessRouter.Jobs.Storage;

namespace ServerlessRouter.Jobs.Steps;

/// <summary>Gives the items free that a process before this one was working on. Only for a host that holds the store alone: elsewhere a lease must run out.</summary>
internal sealed class TakeOverStep(JobStorage storage, string instanceName)
{
    public async ValueTask RunAsync(string jobId, CancellationToken cancellationToken)
    {
        if (await storage.Jobs.FindAsync(jobId, cancellationToken).ConfigureAwait(false) is not { HasEnded: false } job)
            return;
        for (var chunk = 0; chunk < job.Chunks; chunk++)
        {
            foreach (var item in await storage.Items.OfChunkAsync(jobId, chunk, cancellationToken).ConfigureAwait(false))
            {
                if (IsOrphan(item))
                    await storage.Items.MoveAsync(jobId, item.Index, Release, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private ItemMove? Release(JobItem item) => IsOrphan(item) ? new ItemMove(item with { State = ItemState.Pending, Owner = null, LeasedUntil = null }) : null;

    private bool IsOrphan(JobItem item) => item.State == ItemState.Running && item.Owner?.StartsWith($"{instanceName}.", StringComparison.Ordinal) != true;
}
