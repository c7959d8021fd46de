using Microsoft.Extensions.Logging;

namespace ServerlessRouter.Jobs.Steps;

/// <summary>
/// Takes down that a step of a job as a whole (preparing, settling, completing) met a fault of the router's: it is asked again after growing waits, and once that has not
/// helped often enough the job fails with a reason and is launched no more.
/// </summary>
internal sealed partial class FaultStep(JobStore jobs, JobEnding ending, JobOptions options, TimeProvider time, ILogger logger)
{
    public async ValueTask<StepResult> RunAsync(string jobId, CancellationToken cancellationToken)
    {
        var job = await jobs.ChangeAsync(jobId, Count, cancellationToken).ConfigureAwait(false);
        if (job is null)
            return StepResult.Done;
        if (job.Faults < options.MostFaults)
            return StepResult.After(options.BackoffAfter(job.Faults));
        LogGivenUp(jobId, job.Faults);
        await ending.AfterAsync(job, cancellationToken).ConfigureAwait(false);
        return StepResult.Done;
    }

    /// <summary>Of a job that has ended only its output and its callback are left: they are given up, its results stay.</summary>
    private Job? Count(Job job)
    {
        var faults = job.Faults + 1;
        if (job.Faults >= options.MostFaults)
            return null;
        if (faults < options.MostFaults)
            return job with { Faults = faults };
        var problem = new JobProblem(
            "router_fault", $"The router could not carry this job out, {faults} times in a row. Look for {job.Id} in its log: the errors there say what is wrong. Then submit the job again.");
        return job.HasEnded
            ? job with { Faults = faults, IsDelivered = true, IsExported = true, DeliveryNote = job.IsDelivered ? job.DeliveryNote : problem.Message }
            : job with { Faults = faults, Status = JobStatus.Failed, EndedAt = time.GetUtcNow(), Problems = [.. job.Problems, problem] };
    }

    [LoggerMessage(1, LogLevel.Error, "The job {JobId} is given up after {Faults} faults in a row")]
    private partial void LogGivenUp(string jobId, int faults);
}
