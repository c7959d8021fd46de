using Microsoft.Azure.Functions.Worker;
using ServerlessRouter.Recording;

namespace ServerlessRouter.Functions.Recording;

/// <summary>What is done for the books from time to time, by one instance: as long as the same step may take on an instance, and no longer.</summary>
public sealed class BookTimers(RouterServices router)
{
    /// <summary>Rolls up the hour that has ended, and every earlier one that is still open. Rows are deleted once every roll-up that may read them must have ended, so none may go on for longer.</summary>
    [Function("RollUpUsage")]
    public Task RollUp([TimerTrigger("0 7 * * * *")] TimerInfo timer, CancellationToken cancellationToken) => router.Work.RunAsync(Accounting.RollUpName, cancellationToken);

    /// <summary>Deletes records past the days the configuration keeps them.</summary>
    [Function("RetainRecords")]
    public Task Retain([TimerTrigger("0 37 3 * * *")] TimerInfo timer, CancellationToken cancellationToken) => router.Work.RunAsync(Accounting.RetentionName, cancellationToken);
}
