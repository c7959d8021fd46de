using Microsoft.Extensions.Logging;
using ServerlessRouter.Errors;
using ServerlessRouter.State;

namespace ServerlessRouter.Jobs.Steps;

/// <summary>
/// What becomes of an item whose step failed for no reason of the request's: a bug, or a row that cannot be read. It is tried again after growing waits, and fails with a
/// reason once that has not helped often enough, so that its job ends. An outage of the store is nobody's bug and does not count.
/// </summary>
internal sealed partial class ItemFaults(JobItems items, JobOptions options, TimeProvider time, ILogger logger)
{
    /// <summary>Whether a failure counts.</summary>
    public static bool IsFault(Exception failure, CancellationToken cancellationToken) =>
        failure is not TableStoreUnavailableException && !cancellationToken.IsCancellationRequested;

    /// <summary>Lets go of an item whose step met an outage of the store: nothing has changed, and it is tried again soon.</summary>
    public ValueTask<JobItem?> PostponeAsync(JobItem item) => items.MoveAsync(
        item.JobId, item.Index,
        found => found.State == ItemState.Running && found.Owner == item.Owner ? new ItemMove(JobItems.Freed(found) with { NextTryAt = time.GetUtcNow() + options.FirstBackoff }) : null,
        CancellationToken.None);

    /// <summary>Takes down a fault of the try that <paramref name="item"/> is in; answers the item as it stands afterwards.</summary>
    public async ValueTask<JobItem?> NoteAsync(JobItem item, Exception fault)
    {
        var settled = await items.MoveAsync(item.JobId, item.Index, found => Settle(found, item.Owner), CancellationToken.None).ConfigureAwait(false);
        LogFault(fault, item.JobId, item.Index, settled?.Faults ?? 0, options.MostFaults);
        return settled;
    }

    private ItemMove? Settle(JobItem item, string? owner)
    {
        if (item.State != ItemState.Running || item.Owner != owner)
            return null;
        var after = JobItems.Freed(item) with { Faults = item.Faults + 1 };
        if (after.Faults < options.MostFaults)
            return new ItemMove(after with { NextTryAt = time.GetUtcNow() + options.BackoffAfter(after.Faults) });
        var error = new RouterError(
            RouterErrorCode.Internal,
            $"The router could not deal with this request {after.Faults} times in a row. Look for {ItemRun.NameOf(item)} in its log: the errors there say what is wrong. Then send the request again.")
        {
            ShouldRetry = false,
        };
        var answer = ItemRun.Refuse(error);
        return new ItemMove(after with { State = ItemState.Failed, StatusCode = answer.Status, Owner = owner }, answer.Body);
    }

    [LoggerMessage(1, LogLevel.Error, "The item {Index} of the job {JobId} met a fault, its {Faults}. of at most {MostFaults}")]
    private partial void LogFault(Exception fault, string jobId, int index, int faults, int mostFaults);
}
