using Microsoft.DurableTask;

namespace ServerlessRouter.Functions.Jobs;

/// <summary>How orchestrations call activities. A step says itself when it wants to be asked again; what is tried again here is a step that failed, such as while storage is down.</summary>
internal static class ActivityPolicy
{
    /// <summary>Tries in all; together about five minutes. An orchestration that fails behind them is begun again by the sweep.</summary>
    public const int Tries = 7;

    public static readonly TaskOptions Options = TaskOptions.FromRetryPolicy(new RetryPolicy(
        maxNumberOfAttempts: Tries, firstRetryInterval: TimeSpan.FromSeconds(5), backoffCoefficient: 2, maxRetryInterval: TimeSpan.FromMinutes(2)));

    /// <summary>The longest an orchestration sleeps before it asks again, so that it sees a cancellation or the end of the window.</summary>
    public static readonly TimeSpan MaxWait = TimeSpan.FromMinutes(5);

    /// <summary>How long to sleep before a step is asked again.</summary>
    public static TimeSpan WaitOf(TimeSpan again) => again < MaxWait ? again : MaxWait;
}
