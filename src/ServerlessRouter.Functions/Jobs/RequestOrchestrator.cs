using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using ServerlessRouter.Dispatch;
using ServerlessRouter.Jobs.Steps;

namespace ServerlessRouter.Functions.Jobs;

/// <summary>
/// Takes a single request to its answer: asks the decision core for the next step, sleeps where it says wait, and has everything else carried out by an activity, one step
/// each. What is known stands in the tables; the history holds small records without a word of the request.
/// </summary>
public static class RequestOrchestrator
{
    public const string Name = "RunRequest";

    /// <summary>Looks, steps and sleeps of one history; a request that takes more goes on in a new one.</summary>
    public const int TurnsOfHistory = 50;

    [Function(Name)]
    public static Task RunAsync([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var run = context.GetInput<JobOrchestrationInput>()!;
        return FaultPolicy.RunAsync(context, run.JobId, () => RunAsync(context, run));
    }

    private static async Task RunAsync(TaskOrchestrationContext context, JobOrchestrationInput run)
    {
        // Who begins anew has prepared the job before, and is told so at once.
        await context.CallActivityAsync<PreparedJob>(nameof(JobActivities.PrepareJob), run.JobId, ActivityPolicy.Options);
        if (!await AnswerAsync(context, run.JobId))
        {
            context.ContinueAsNew(run);
            return;
        }

        var result = await context.CallActivityAsync<StepResult>(nameof(JobActivities.CompleteJob), run.JobId, ActivityPolicy.Options);
        if (result.Again is not { } again)
            return;
        await context.CreateTimer(ActivityPolicy.WaitOf(again), CancellationToken.None);
        context.ContinueAsNew(run);
    }

    /// <summary>Whether the request is over; else so much was done that the history should end.</summary>
    private static async Task<bool> AnswerAsync(TaskOrchestrationContext context, string jobId)
    {
        var state = await LookAsync(context, jobId);
        for (var turn = 0; !state.IsOver; turn++)
        {
            if (turn == TurnsOfHistory)
                return false;
            var step = state.Next(new DateTimeOffset(context.CurrentUtcDateTime, TimeSpan.Zero));
            if (step.Kind == DispatchStepKind.Wait)
            {
                await context.CreateTimer(ActivityPolicy.WaitOf(step.Within), CancellationToken.None);
                state = await LookAsync(context, jobId);
            }
            else
            {
                state = await context.CallActivityAsync<RequestState>(nameof(JobActivities.StepRequest), state.Order(step), ActivityPolicy.Options);
            }
        }

        return true;
    }

    /// <summary>After every sleep: a caller may have cancelled the job meanwhile.</summary>
    private static Task<RequestState> LookAsync(TaskOrchestrationContext context, string jobId) =>
        context.CallActivityAsync<RequestState>(nameof(JobActivities.LookAtRequest), jobId, ActivityPolicy.Options);
}
