using Microsoft.Extensions.Logging;
using ServerlessRouter.Errors;
using ServerlessRouter.Jobs.Storage;
using ServerlessRouter.State;

namespace ServerlessRouter.Jobs.Steps;

/// <summary>
/// What becomes of an item whose step failed for no reason of the request's: a bug, or a row that cannot be read. It is tried again after growing waits; once that has
/// not helped often enough, an answer that is kept back is given, and without one it fails with a reason, so that its job ends. An outage of the store is no bug of the item's and does not count.
/// </summary>
internal sealed partial class ItemFaults(JobItems items, JobOptions options, TimeProvider time, ILogger logger)
{
    /// <summary>Whether a failure counts.</summary>
    public static bool IsFault(Exception failure, CancellationToken cancellationToken) =>
        failure is not TableStoreUnavailableException && !cancellationToken.IsCancellationRequested;

    /// <summary>
    /// Takes down what kept the try that <paramref name="item"/> is in from an end; answers the item as it stands afterwards. <paramref name="paid"/> adds to the item what the
    /// try has paid for all the same. An outage of the store counts nothing: the item is only let go.
    /// </summary>
    public async ValueTask<JobItem?> NoteAsync(Job job, JobItem item, Exception fault, Func<JobItem, JobItem>? paid = null)
    {
        var isOutage = fault is TableStoreUnavailableException;
        var settled = await items.MoveAsync(item.JobId, item.Index, Decide, CancellationToken.None).ConfigureAwait(false);
        if (!isOutage)
            LogFault(fault, item.JobId, item.Index, item.Faults + 1, options.MaxFaults);
        return settled;

        ItemMove? Decide(JobItem found)
        {
            if (found.State != ItemState.Running || found.Owner != item.Owner)
                return null;
            var after = JobItems.Freed(paid?.Invoke(found) ?? found);
            return isOutage ? new ItemMove(after with { NextTryAt = time.GetUtcNow() + options.FirstBackoff }) : Count(job, after, item.Owner);
        }
    }

    /// <summary>Says that an item that has ended left no record.</summary>
    public void NoteUnrecorded(JobItem item, Exception fault) => LogUnrecorded(fault, item.JobId, item.Index);

    private ItemMove Count(Job job, JobItem freed, string? owner)
    {
        var after = freed with { Faults = freed.Faults + 1 };
        if (after.Faults < options.MaxFaults)
            return new ItemMove(after with { NextTryAt = time.GetUtcNow() + options.BackoffAfter(after.Faults) });
        if (after.RequestHistory?.GivingKept() is { } giving)
            return new ItemMove(after with { Faults = 0, RequestHistory = giving });
        var error = new RouterError(
            RouterErrorCode.Internal,
            $"The router could not deal with this request {after.Faults} times in a row. Look for {ItemRun.NameOf(freed)} in its log: the errors there say what is wrong. Then send the request again.")
        {
            ShouldRetry = false,
        };
        var answer = ItemRefusal.Of(job, freed, error);
        return new ItemMove(after with { State = ItemState.Failed, StatusCode = answer.Status, Owner = owner }, answer.Body);
    }

    [LoggerMessage(1, LogLevel.Error, "The item {Index} of the job {JobId} met a fault, its {Faults}. of at most {MaxFaults}")]
    private partial void LogFault(Exception fault, string jobId, int index, int faults, int maxFaults);

    [LoggerMessage(2, LogLevel.Warning, "The item {Index} of the job {JobId} has ended, but what became of it could not be recorded")]
    private partial void LogUnrecorded(Exception fault, string jobId, int index);
}
