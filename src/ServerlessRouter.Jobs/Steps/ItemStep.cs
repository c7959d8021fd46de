using ServerlessRouter.Configuration;
using ServerlessRouter.Errors;
using ServerlessRouter.Jobs.Storage;
using ServerlessRouter.Recording.Usage;
using ServerlessRouter.State;

namespace ServerlessRouter.Jobs.Steps;

/// <summary>
/// One try of one item, under a lease: pending → running → done, failed, or pending again until its next try. The one that loses a move drops its own result and answers by
/// what the row says, so an item settles once however often the step is delivered.
/// </summary>
internal sealed class ItemStep(RouterModelSource models, JobStorage storage, ItemRun run, ItemTries tries, JobOptions options, TimeProvider time)
{
    private static readonly TimeSpan LostRaceRecheck = TimeSpan.FromSeconds(1);

    public async ValueTask<StepResult> RunAsync(ItemRef name, CancellationToken cancellationToken)
    {
        if (await storage.Jobs.FindAsync(name.JobId, cancellationToken).ConfigureAwait(false) is not { HasEnded: false } job)
            return StepResult.Done;
        // It would refuse what the others, or itself a moment later, can answer.
        if (models.Current.ServesNoCaller)
            return StepResult.After(options.UnconfiguredRecheck);

        var owner = tries.Lease.DrawOwner();
        // Once begun, it is taken to its end: a write that is broken off may have taken place, and then no one would hold the lease.
        cancellationToken.ThrowIfCancellationRequested();
        var item = await storage.Items.MoveAsync(name.JobId, name.Index, found => Take(job, found, owner), CancellationToken.None).ConfigureAwait(false);
        if (item is not { State: ItemState.Running } || item.Owner != owner)
            return await AnswerAsync(item, cancellationToken).ConfigureAwait(false);

        JobItem? settled;
        try
        {
            var answer = await TryAsync(job, item, cancellationToken).ConfigureAwait(false);
            // A shutdown must not keep the item under its lease: what is known is written all the same.
            settled = await storage.Items.MoveAsync(name.JobId, name.Index, found => Settle(job, found, owner, answer), CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception fault) when (ItemFaults.IsFault(fault, cancellationToken))
        {
            settled = await tries.Faults.NoteAsync(job, item, fault).ConfigureAwait(false);
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            settled = await tries.Lease.HandBackAsync(item).ConfigureAwait(false);
        }

        cancellationToken.ThrowIfCancellationRequested();
        return await AnswerAsync(settled, cancellationToken).ConfigureAwait(false);
    }

    private ItemMove? Take(Job job, JobItem item, string owner)
    {
        var now = time.GetUtcNow();
        var isLeased = item.State == ItemState.Running && item.LeasedUntil > now;
        if (item.HasEnded || isLeased)
            return null;
        if (job.Status == JobStatus.Cancelling)
            return new ItemMove(JobItems.Ended(item, ItemState.Cancelled));
        if (job.ExpiresAt <= now)
            return new ItemMove(JobItems.Ended(item, ItemState.Expired));
        if (item.NextTryAt > now)
            return null;
        return new ItemMove(item with { State = ItemState.Running, Owner = owner, LeasedUntil = now + options.ItemLease, NextTryAt = null });
    }

    private async ValueTask<ItemAnswer> TryAsync(Job job, JobItem item, CancellationToken cancellationToken)
    {
        ItemAnswer answer;
        try
        {
            answer = await tries.Lease.HoldAsync(item, token => run.AnswerAsync(job, item, token), cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            answer = new ItemAnswer { Status = 0, IsInterrupted = true };
        }
        catch (TableStoreUnavailableException)
        {
            answer = Late(job, item, "The router's storage could not be read.");
        }

        return answer.IsInterrupted && !cancellationToken.IsCancellationRequested
            ? Late(job, item, "There was no answer within the time of one try.") with { Bill = answer.Bill, Usage = answer.Usage }
            : answer;
    }

    private ItemMove? Settle(Job job, JobItem item, string owner, ItemAnswer answer)
    {
        if (item.State != ItemState.Running || item.Owner != owner)
            return null;
        // A try that is made again is not the request's end.
        var free = item with { LeasedUntil = null, Owner = owner, Faults = 0, Bill = item.Bill + answer.Bill, Usage = Join(item.Usage, answer.Usage.Select(static used => used.WithoutRequest)) };
        if (answer.IsInterrupted)
            return new ItemMove(free with { State = ItemState.Pending, Owner = null });
        if (answer.Error is { IsThrottled: true } throttled && tries.Schedule.ThrottledUntil(job, throttled.RetryAfter) is { } freeAt)
            return new ItemMove(free with { State = ItemState.Pending, Owner = null, NextTryAt = freeAt });
        var tried = free with { Tries = item.Tries + 1 };
        if (answer.Error is { } error && tries.Schedule.NextTryAt(job, tried.Tries, error.Code, error.RetryAfter) is { } nextTryAt)
            return new ItemMove(tried with { State = ItemState.Pending, Owner = null, NextTryAt = nextTryAt });
        return new ItemMove(
            tried with { State = answer.Error is null ? ItemState.Done : ItemState.Failed, StatusCode = answer.Status, Model = answer.Model, Usage = Join(item.Usage, answer.Usage) },
            answer.Body);
    }

    private async ValueTask<StepResult> AnswerAsync(JobItem? item, CancellationToken cancellationToken)
    {
        if (item is null)
            return StepResult.Done;
        if (item.HasEnded)
        {
            await tries.Progress.NoteAsync(item.JobId, JobTables.ChunkOf(item.Index), cancellationToken).ConfigureAwait(false);
            return StepResult.Done;
        }

        var now = time.GetUtcNow();
        if (item.State == ItemState.Pending)
            return StepResult.After(item.NextTryAt - now ?? LostRaceRecheck);
        // Another works on it, or died with it: then it is free when the lease ends.
        var leaseLeft = item.LeasedUntil - now ?? LostRaceRecheck;
        return StepResult.After(leaseLeft < options.TakenRecheck ? leaseLeft : options.TakenRecheck);
    }

    private static List<UsageEntry> Join(IReadOnlyList<UsageEntry> known, IEnumerable<UsageEntry> more)
    {
        List<UsageEntry> joined = [.. known];
        foreach (var entry in more)
            UsageSplit.Add(joined, entry);
        return joined;
    }

    private static ItemAnswer Late(Job job, JobItem item, string message) => ItemRefusal.Of(job, item, new RouterError(RouterErrorCode.Timeout, message));
}
