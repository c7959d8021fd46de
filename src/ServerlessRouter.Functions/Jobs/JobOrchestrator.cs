using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using ServerlessRouter.Jobs.Steps;

namespace ServerlessRouter.Functions.Jobs;

/// <summary>Takes a job from its input to its results: lays out its chunks, runs some at a time as orchestrations of their own, and completes it.</summary>
public static class JobOrchestrator
{
    public const string Name = "RunJob";

    /// <summary>Chunks that run at once.</summary>
    public const int MaxChunks = 10;

    /// <summary>Chunks of one history; a job with more goes on in a new one.</summary>
    public const int ChunksOfHistory = 100;

    [Function(Name)]
    public static Task RunAsync([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var run = context.GetInput<JobOrchestrationInput>()!;
        return FaultPolicy.RunAsync(context, run.JobId, () => RunAsync(context, run));
    }

    private static async Task RunAsync(TaskOrchestrationContext context, JobOrchestrationInput run)
    {
        var prepared = await context.CallActivityAsync<PreparedJob>(nameof(JobActivities.PrepareJob), run.JobId, ActivityPolicy.Options);
        var end = Math.Min(prepared.Chunks, run.NextChunk + ChunksOfHistory);
        await RunChunksAsync(context, run, end, prepared.Chunks);
        if (end < prepared.Chunks)
        {
            context.ContinueAsNew(run with { NextChunk = end });
            return;
        }

        var result = await context.CallActivityAsync<StepResult>(nameof(JobActivities.CompleteJob), run.JobId, ActivityPolicy.Options);
        if (result.Again is not { } again)
            return;
        // A chunk that was settled in between, or a store that was slow to tell: seldom, so the whole is asked again.
        await context.CreateTimer(ActivityPolicy.WaitOf(again), CancellationToken.None);
        context.ContinueAsNew(run with { NextChunk = prepared.Chunks });
    }

    private static async Task RunChunksAsync(TaskOrchestrationContext context, JobOrchestrationInput run, int end, int chunks)
    {
        var running = new List<Task>(MaxChunks);
        for (var chunk = run.NextChunk; chunk < end; chunk++)
        {
            if (running.Count == MaxChunks)
                await TakeAsync(running);
            var options = new SubOrchestrationOptions(ActivityPolicy.Options, $"{run.JobId}.{chunk}");
            running.Add(context.CallSubOrchestratorAsync(ChunkOrchestrator.Name, new ChunkRef(run.JobId, chunk), options));
            context.SetCustomStatus(new JobProgress(chunks, chunk + 1 - running.Count));
        }

        while (running.Count > 0)
        {
            await TakeAsync(running);
            context.SetCustomStatus(new JobProgress(chunks, end - running.Count));
        }
    }

    private static async Task TakeAsync(List<Task> running)
    {
        var ended = await Task.WhenAny(running);
        running.Remove(ended);
        await ended;
    }
}
