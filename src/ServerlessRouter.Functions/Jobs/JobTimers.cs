using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using ServerlessRouter.Jobs.Steps;

namespace ServerlessRouter.Functions.Jobs;

/// <summary>What is done for all jobs from time to time, by one instance.</summary>
public sealed class JobTimers(JobSteps steps, DurableLauncher launcher)
{
    /// <summary>Launches what was never launched or broke off. Five minutes apart, because each turn wakes an app that has scaled to zero.</summary>
    [Function("SweepJobs")]
    public Task Sweep([TimerTrigger("0 */5 * * * *")] TimerInfo timer, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken)
    {
        launcher.Use(client);
        return ToTheEndAsync(steps.SweepAsync, cancellationToken);
    }

    /// <summary>Forgets jobs and files whose days have passed.</summary>
    [Function("RetainJobs")]
    public Task Retain([TimerTrigger("0 17 3 * * *")] TimerInfo timer, CancellationToken cancellationToken) => ToTheEndAsync(steps.RetainAsync, cancellationToken);

    private static async Task ToTheEndAsync(Func<string?, CancellationToken, ValueTask<SweepResult>> step, CancellationToken cancellationToken)
    {
        string? cursor = null;
        do
            cursor = (await step(cursor, cancellationToken)).Cursor;
        while (cursor is not null);
    }
}
