using Microsoft.Extensions.Logging;
using ServerlessRouter.Jobs.Storage;
using ServerlessRouter.State;

namespace ServerlessRouter.Jobs.Steps;

/// <summary>
/// Takes down that a step of a job as a whole (preparing, settling, completing, telling) met a fault of the router's: it is asked again after growing waits, and once that has
/// not helped often enough the job fails with a reason, keeps what was settled, and is launched no more.
/// </summary>
internal sealed partial class FaultStep(JobStore jobs, CompleteStep complete, JobEnding ending, JobOptions options, TimeProvider time, ILogger logger)
{
    public async ValueTask<StepResult> RunAsync(string jobId, CancellationToken cancellationToken)
    {
        var job = await jobs.ChangeAsync(jobId, Count, cancellationToken).ConfigureAwait(false);
        if (job is null or { HasEnded: true, IsNotified: true })
            return StepResult.Done;
        if (job.Faults < (job.HasEnded ? options.MaxTellingFaults : options.MaxFaults))
            return job is { HasEnded: true, NextTellingAt: { } next } ? StepResult.KeptUntil(next, time.GetUtcNow()) : StepResult.After(options.BackoffAfter(job.Faults));

        LogGivenUp(jobId, job.Faults);
        var output = job.HasEnded ? JobOutput.None : await PublishAsync(job, cancellationToken).ConfigureAwait(false);
        if (await jobs.ChangeAsync(jobId, found => GiveUp(found, output), cancellationToken).ConfigureAwait(false) is { } ended)
            await ending.AfterAsync(ended, cancellationToken).ConfigureAwait(false);
        return StepResult.Done;
    }

    private Job? Count(Job job)
    {
        if (job is { HasEnded: true, IsNotified: true })
            return null;
        var now = time.GetUtcNow();
        var isInRow = job.LastFaultAt is { } last && now - last < options.FaultMemory;
        var counted = job with { Faults = isInRow ? job.Faults + 1 : 1, LastFaultAt = now };
        // In the row, so that no engine holds the job while nothing but its telling is left and waits.
        return job.HasEnded ? counted.WithNextTellingAt(now + options.BackoffAfter(counted.Faults)) : counted;
    }

    /// <summary>Of a job that has ended only its output elsewhere and its callback are left: they are given up, its results stay.</summary>
    private Job? GiveUp(Job job, JobOutput output)
    {
        var problem = new JobProblem(
            "router_fault", $"The router could not carry this job out, {job.Faults} times in a row. Look for {job.Id} in its log: the errors there say what is wrong. Then submit what is left of the job again.");
        if (job.HasEnded)
            return job.IsNotified ? null : job with { IsDelivered = true, IsExported = true, DeliveryNote = job.IsDelivered ? job.DeliveryNote : problem.Message };
        return job with
        {
            // A receiver is told of this end like of any other; that has faults of its own.
            Faults = 0,
            Status = JobStatus.Failed,
            EndedAt = time.GetUtcNow(),
            Problems = [.. job.Problems, problem],
            OutputFileId = output.OutputFileId,
            ErrorFileId = output.ErrorFileId,
            Tally = output.Tally,
        };
    }

    /// <summary>What was settled can be fetched, unless that is where the fault is.</summary>
    private async ValueTask<JobOutput> PublishAsync(Job job, CancellationToken cancellationToken)
    {
        try
        {
            return await complete.PublishAsync(job, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is not TableStoreUnavailableException && !cancellationToken.IsCancellationRequested)
        {
            LogNotPublished(fault, job.Id);
            return JobOutput.None;
        }
    }

    [LoggerMessage(1, LogLevel.Error, "The job {JobId} is given up after {Faults} faults in a row")]
    private partial void LogGivenUp(string jobId, int faults);

    [LoggerMessage(2, LogLevel.Error, "What was settled of the job {JobId} cannot be published")]
    private partial void LogNotPublished(Exception fault, string jobId);
}
