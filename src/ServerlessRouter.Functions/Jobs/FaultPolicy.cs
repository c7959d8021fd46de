using Microsoft.DurableTask;
using ServerlessRouter.Jobs.Steps;
using ServerlessRouter.State;

namespace ServerlessRouter.Functions.Jobs;

/// <summary>
/// What becomes of an orchestration whose step failed at every try: the fault is counted on the job and the orchestration fails, for the sweep to begin it anew; a job with too
/// many faults has ended by then and is begun no more. While storage is down nothing is counted.
/// </summary>
internal static class FaultPolicy
{
    public static async Task RunAsync(TaskOrchestrationContext context, string jobId, Func<Task> run)
    {
        try
        {
            await run();
        }
        catch (TaskFailedException failure) when (!IsOutage(failure.FailureDetails))
        {
            await context.CallActivityAsync<StepResult>(nameof(JobActivities.NoteJobFault), jobId, ActivityPolicy.Options);
            throw;
        }
    }

    private static bool IsOutage(TaskFailureDetails? failure)
    {
        for (; failure is not null; failure = failure.InnerFailure)
        {
            if (failure.ErrorType == typeof(TableStoreUnavailableException).FullName)
                return true;
        }

        return false;
    }
}
