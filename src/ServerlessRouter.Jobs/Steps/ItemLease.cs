using ServerlessRouter.Domain;
using ServerlessRouter.Jobs.Storage;

namespace ServerlessRouter.Jobs.Steps;

/// <summary>Keeps the lease of an item while a try works on it. So a lease can be short, and what a dead process held goes on soon.</summary>
internal sealed class ItemLease(JobItems items, string instanceName, JobOptions options, TimeProvider time, IRandomSource random)
{
    /// <summary>Names a try of this instance.</summary>
    public string DrawOwner() => $"{instanceName}.{InstanceName.Create(random)}";

    /// <summary>Runs the work of the try that <paramref name="item"/> is in. Its token ends with the caller's, when the try has had its time, and when another has the item.</summary>
    public async ValueTask<T> HoldAsync<T>(JobItem item, Func<CancellationToken, ValueTask<T>> work, CancellationToken cancellationToken)
    {
        using var bound = new CancellationTokenSource(options.MaxTryTime, time);
        using var registration = cancellationToken.UnsafeRegister(static bound => ((CancellationTokenSource)bound!).Cancel(), bound);
        using var done = new CancellationTokenSource();
        var renewing = RenewAsync(item, bound, done.Token);
        try
        {
            return await work(bound.Token).ConfigureAwait(false);
        }
        finally
        {
            await done.CancelAsync().ConfigureAwait(false);
            await renewing.ConfigureAwait(false);
        }
    }

    /// <summary>Gives the item back before its lease ends, for a host that stops: the next to ask has it.</summary>
    public ValueTask<JobItem?> HandBackAsync(JobItem item) => items.MoveAsync(
        item.JobId, item.Index, found => IsHeld(found, item) ? new ItemMove(JobItems.Freed(found)) : null, CancellationToken.None);

    private async Task RenewAsync(JobItem item, CancellationTokenSource bound, CancellationToken done)
    {
        var leasedUntil = item.LeasedUntil;
        try
        {
            while (true)
            {
                await Task.Delay(options.LeaseRenewal, time, done).ConfigureAwait(false);
                if (bound.IsCancellationRequested)
                    return;
                try
                {
                    var found = await items.MoveAsync(item.JobId, item.Index, Renew, done).ConfigureAwait(false);
                    if (found is null || !IsHeld(found, item))
                    {
                        await bound.CancelAsync().ConfigureAwait(false);
                        return;
                    }

                    leasedUntil = found.LeasedUntil;
                }
                catch (Exception failure) when (failure is not OperationCanceledException && time.GetUtcNow() < leasedUntil)
                {
                    // The lease still holds, and is renewed at the next turn.
                }
            }
        }
        catch (OperationCanceledException) when (done.IsCancellationRequested)
        {
            // The work has ended.
        }
        catch (Exception)
        {
            // The lease has run out unrenewed: another may have the item, and this try must not go on beside it.
            await bound.CancelAsync().ConfigureAwait(false);
        }

        ItemMove? Renew(JobItem found) => IsHeld(found, item) ? new ItemMove(found with { LeasedUntil = time.GetUtcNow() + options.ItemLease }) : null;
    }

    private static bool IsHeld(JobItem found, JobItem item) => found.State == ItemState.Running && found.Owner == item.Owner;
}
