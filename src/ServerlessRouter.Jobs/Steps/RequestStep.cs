using ServerlessRouter.Configuration;
using ServerlessRouter.Dispatch;
using ServerlessRouter.Errors;
using ServerlessRouter.Jobs.Storage;

namespace ServerlessRouter.Jobs.Steps;

/// <summary>
/// One turn of a single request, under a lease: pending → running → pending with one fact more, or done, failed, expired. A driver decides each step from the state it got
/// last; a step that is decided for another state than the row's changes nothing, so however often it is delivered, a call is made once and an answer settles once.
/// </summary>
internal sealed class RequestStep(RouterModelSource models, JobStorage storage, RequestRun run, ItemTries tries, JobOptions options, TimeProvider time)
{
    private const int Only = 0;

    /// <summary>What has been spent on a request that is cancelled is settled and recorded like everything else.</summary>
    private static readonly DispatchStep Cancelled = new() { Kind = DispatchStepKind.GiveUp, Error = RouterErrorCode.ClientClosedRequest, Blamed = -1 };

    /// <summary>Where the request stands; one that is not planned yet is planned first.</summary>
    public async ValueTask<RequestState> LookAsync(string jobId, CancellationToken cancellationToken)
    {
        if (await storage.Jobs.FindAsync(jobId, cancellationToken).ConfigureAwait(false) is not { HasEnded: false } job)
            return Over(jobId);
        var item = await storage.Items.FindAsync(jobId, Only, cancellationToken).ConfigureAwait(false);
        return item is { RequestHistory: not null } && job.Status != JobStatus.Cancelling
            ? await StateAsync(jobId, item, cancellationToken).ConfigureAwait(false)
            : await TurnAsync(job, null, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Carries out a decided step, and answers where the request stands then.</summary>
    public async ValueTask<RequestState> RunAsync(RequestOrder order, CancellationToken cancellationToken) =>
        await storage.Jobs.FindAsync(order.JobId, cancellationToken).ConfigureAwait(false) is { HasEnded: false } job
            ? await TurnAsync(job, order, cancellationToken).ConfigureAwait(false)
            : Over(order.JobId);

    private async ValueTask<RequestState> TurnAsync(Job job, RequestOrder? order, CancellationToken cancellationToken)
    {
        var owner = tries.Lease.DrawOwner();
        // Once begun, it is taken to its end: a write that is broken off may have taken place, and then no one would hold the lease.
        cancellationToken.ThrowIfCancellationRequested();
        var item = await storage.Items.MoveAsync(job.Id, Only, Decide, CancellationToken.None).ConfigureAwait(false);
        if (item is { HasEnded: true } && item.Owner == owner)
            await TellAsync(job, item, cancellationToken).ConfigureAwait(false);
        if (item is not { State: ItemState.Running } || item.Owner != owner)
            return await StateAsync(job.Id, item, cancellationToken).ConfigureAwait(false);

        JobItem? settled;
        try
        {
            var result = await RunAsync(job, item, order, cancellationToken).ConfigureAwait(false);
            // A shutdown must not keep the item under its lease: what is known is written all the same.
            settled = result switch
            {
                null => await tries.Lease.HandBackAsync(item).ConfigureAwait(false),
                { Fault: { } fault } => await NoteAsync(job, item, fault, found => Paid(found, result), cancellationToken).ConfigureAwait(false),
                _ => await storage.Items.MoveAsync(job.Id, Only, found => Settle(job, found, owner, result), CancellationToken.None).ConfigureAwait(false),
            };
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
        {
            settled = await NoteAsync(job, item, fault, null, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception)
        {
            settled = await tries.Lease.HandBackAsync(item).ConfigureAwait(false);
        }

        cancellationToken.ThrowIfCancellationRequested();
        return await StateAsync(job.Id, settled, cancellationToken).ConfigureAwait(false);

        // The runner that ends it signs it, and tells of it: the answer to a write may be lost, and two may try to end the same.
        ItemMove? Decide(JobItem found) => Take(job, found, order, owner) is { } move ? move with { After = move.After with { Owner = move.After.HasEnded ? owner : move.After.Owner } } : null;
    }

    private async ValueTask<JobItem?> NoteAsync(Job job, JobItem item, Exception fault, Func<JobItem, JobItem>? paid, CancellationToken cancellationToken)
    {
        var settled = await tries.Faults.NoteAsync(job, item, fault, paid).ConfigureAwait(false);
        if (settled is { HasEnded: true } && settled.Owner == item.Owner && settled.Faults > item.Faults)
            await TellAsync(job, settled, cancellationToken).ConfigureAwait(false);
        return settled;
    }

    /// <summary>A request that no turn has brought to its end leaves a record all the same, where calls were made for it.</summary>
    private async ValueTask TellAsync(Job job, JobItem item, CancellationToken cancellationToken)
    {
        if (item.RequestHistory is { } history ? history.Attempts.IsEmpty && history.SideCalls.IsEmpty : item.SideCalls.IsEmpty)
            return;
        var error = item.State switch
        {
            ItemState.Cancelled => new RouterError(RouterErrorCode.ClientClosedRequest, "The job was cancelled."),
            ItemState.Expired => new RouterError(RouterErrorCode.Timeout, "The window of the job has passed."),
            _ => new RouterError(RouterErrorCode.Internal, "The router could not deal with the request."),
        };
        try
        {
            await run.SettleAsync(job, item, error, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
        {
            // It has ended and its bill stands, whatever becomes of its record.
            tries.Faults.NoteUnrecorded(item, fault);
        }
    }

    /// <summary>Null where the request was taken back before there was anything to tell. The turn that settles one that was taken back is let end.</summary>
    private async ValueTask<RequestStepResult?> RunAsync(Job job, JobItem item, RequestOrder? order, CancellationToken cancellationToken)
    {
        if (job.Status == JobStatus.Cancelling)
            return (await HoldAsync(cancellationToken).ConfigureAwait(false)).WithBrokenOff(isTakenBack: false);
        var (result, isTakenBack) = await tries.UnderWay.RunAsync(job.Id, HoldAsync, cancellationToken).ConfigureAwait(false);
        return result?.WithBrokenOff(isTakenBack);

        ValueTask<RequestStepResult> HoldAsync(CancellationToken held) => tries.Lease.HoldAsync(item, token => CarryOutAsync(job, item, order, token), held);
    }

    private ValueTask<RequestStepResult> CarryOutAsync(Job job, JobItem item, RequestOrder? order, CancellationToken cancellationToken) => item.RequestHistory is null
        ? run.BeginAsync(job, item, cancellationToken)
        : run.RunAsync(job, item, job.Status == JobStatus.Cancelling ? Cancelled : order!.Step, cancellationToken);

    private ItemMove? Take(Job job, JobItem item, RequestOrder? order, string owner)
    {
        var now = time.GetUtcNow();
        if (item.HasEnded || (item.State == ItemState.Running && item.LeasedUntil > now))
            return null;
        if (job.Status == JobStatus.Cancelling)
            return item.RequestHistory is { } spent && !(spent.Attempts.IsEmpty && spent.SideCalls.IsEmpty) ? Begin(item, owner, now) : new ItemMove(JobItems.Ended(item, ItemState.Cancelled));
        if (item.NextTryAt > now || (item.RequestHistory?.Number ?? 0) != (order?.Number ?? 0))
            return null;
        if (order is null && job.ExpiresAt <= now)
            return End(job, item, ItemRefusal.Of(new RouterError(RouterErrorCode.Timeout, $"The window of {job.CompletionWindow} had passed before the request was begun.")));
        // It would refuse what the others, or itself a moment later, can answer.
        if (models.Current.ServesNoCaller && job.ExpiresAt > now)
            return new ItemMove(JobItems.Freed(item) with { NextTryAt = now + options.UnconfiguredRecheck });
        if (order is { Step: { Kind: DispatchStepKind.GiveUp } step } && item.RequestHistory is { HasRoom: true } history && tries.Schedule.NextTryAt(job, item.Tries, step.Error, step.RetryAfter) is { } nextTryAt)
            return new ItemMove(JobItems.Freed(item) with { RequestHistory = history.NextRound(), Tries = item.Tries + 1, NextTryAt = nextTryAt });
        return Begin(item, owner, now);
    }

    private ItemMove Begin(JobItem item, string owner, DateTimeOffset now) =>
        new(item with { State = ItemState.Running, Owner = owner, LeasedUntil = now + options.ItemLease, NextTryAt = null, Tries = Math.Max(1, item.Tries) });

    private ItemMove? Settle(Job job, JobItem item, string owner, RequestStepResult result)
    {
        if (item.State != ItemState.Running || item.Owner != owner)
            return null;
        // The request itself counts with the turn that ends it.
        var after = Paid(item, result) with { Faults = 0 };
        if (result.ComeBackAfter is { } wait)
            return new ItemMove(JobItems.Freed(after) with { NextTryAt = tries.Schedule.ThrottledUntil(job, wait) ?? job.ExpiresAt });
        if (result.Answer is not { } answer)
            return new ItemMove(JobItems.Freed(after));
        if (job.Status == JobStatus.Cancelling)
            return new ItemMove(JobItems.Ended(after, ItemState.Cancelled));
        // Planned later, it may be answered; what has a plan is tried again by its driver alone.
        if (after.RequestHistory is null && answer.Error is { } error && tries.Schedule.NextTryAt(job, item.Tries, error.Code, error.RetryAfter) is { } nextTryAt)
            return new ItemMove(JobItems.Freed(after) with { Tries = item.Tries + 1, NextTryAt = nextTryAt });
        return End(job, after with { Usage = result.Usage }, answer);
    }

    /// <summary>While there is no history to carry them, the side calls of turns stand on the item, so that the next turn goes on with their bill.</summary>
    private static JobItem Paid(JobItem item, RequestStepResult result) => item with
    {
        RequestHistory = result.RequestHistory ?? item.RequestHistory,
        SideCalls = result.SideCalls,
        Bill = result.Bill,
        Usage = [.. result.Usage.Select(static used => used.WithoutRequest)],
    };

    /// <summary>The item with its answer. An error that comes behind the window says why it expired.</summary>
    private ItemMove End(Job job, JobItem item, ItemAnswer answer)
    {
        var state = answer.Error is null ? ItemState.Done : job.ExpiresAt <= time.GetUtcNow() ? ItemState.Expired : ItemState.Failed;
        return new ItemMove(item with { State = state, LeasedUntil = null, NextTryAt = null, StatusCode = answer.Status, Model = answer.Model }, answer.Body);
    }

    private async ValueTask<RequestState> StateAsync(string jobId, JobItem? item, CancellationToken cancellationToken)
    {
        if (item is null)
            return Over(jobId);
        if (item.HasEnded)
        {
            await tries.Progress.NoteAsync(jobId, JobTables.ChunkOf(Only), cancellationToken).ConfigureAwait(false);
            return Over(jobId);
        }

        var state = new RequestState { JobId = jobId, Number = item.RequestHistory?.Number ?? 0, NotBefore = item.NextTryAt, History = item.RequestHistory?.History };
        if (item.State != ItemState.Running)
            return state;
        // Another works on it, or died with it: then it is free when the lease ends.
        var recheck = time.GetUtcNow() + options.TakenRecheck;
        return state with { NotBefore = item.LeasedUntil < recheck ? item.LeasedUntil : recheck };
    }

    private static RequestState Over(string jobId) => new() { JobId = jobId, IsOver = true };
}
