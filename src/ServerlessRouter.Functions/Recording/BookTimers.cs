using Microsoft.Azure.Functions.Worker;
using ServerlessRouter.Recording;

namespace ServerlessRouter.Functions.Recording;

/// <summary>What is done for the books from time to time, by one instance.</summary>
public sealed class BookTimers(Accounting books)
{
    /// <summary>Rolls up the hour that has ended, and every earlier one that is still open.</summary>
    [Function("RollUpUsage")]
    public Task RollUp([TimerTrigger("0 7 * * * *")] TimerInfo timer, CancellationToken cancellationToken) => books.RollUpAsync(cancellationToken).AsTask();

    /// <summary>Deletes records past the days the configuration keeps them.</summary>
    [Function("RetainRecords")]
    public Task Retain([TimerTrigger("0 37 3 * * *")] TimerInfo timer, CancellationToken cancellationToken) => books.RetainRecordsAsync(cancellationToken).AsTask();
}
