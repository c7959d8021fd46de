using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using ServerlessRouter.Jobs.Steps;

namespace ServerlessRouter.Functions.Jobs;

/// <summary>Runs the items of a chunk in rounds until none is left, and settles it. Each round is a new history, however often items ask for another try.</summary>
public static class ChunkOrchestrator
{
    public const string Name = "RunChunk";

    /// <summary>Items of one chunk that run at once.</summary>
    public const int MaxItems = 20;

    [Function(Name)]
    public static async Task RunAsync([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var chunk = context.GetInput<ChunkRef>()!;
        var work = await context.CallActivityAsync<ChunkWork>(nameof(JobActivities.FindChunkWork), chunk, ActivityPolicy.Options);
        var again = work.Items.Length > 0
            ? await RunItemsAsync(context, chunk.JobId, work.Items)
            : (await context.CallActivityAsync<StepResult>(nameof(JobActivities.SettleChunk), chunk, ActivityPolicy.Options)).Again;
        if (again is not { } wait)
            return;
        if (wait > TimeSpan.Zero)
            await context.CreateTimer(ActivityPolicy.WaitOf(wait), CancellationToken.None);
        context.ContinueAsNew(chunk);
    }

    /// <summary>One try of each item, so many at a time. How soon the first of those that are not done wants another; at once when all are.</summary>
    private static async Task<TimeSpan?> RunItemsAsync(TaskOrchestrationContext context, string jobId, int[] items)
    {
        var soonest = TimeSpan.MaxValue;
        var running = new List<Task<StepResult>>(MaxItems);
        foreach (var item in items)
        {
            if (running.Count == MaxItems)
                Note(await TakeAsync(running));
            running.Add(context.CallActivityAsync<StepResult>(nameof(JobActivities.RunJobItem), new ItemRef(jobId, item), ActivityPolicy.Options));
        }

        while (running.Count > 0)
            Note(await TakeAsync(running));
        return soonest == TimeSpan.MaxValue ? TimeSpan.Zero : soonest;

        void Note(StepResult result)
        {
            if (result.Again is { } again && again < soonest)
                soonest = again;
        }
    }

    private static async Task<StepResult> TakeAsync(List<Task<StepResult>> running)
    {
        var ended = await Task.WhenAny(running);
        running.Remove(ended);
        return await ended;
    }
}
