using Microsoft.Extensions.Logging;
using ServerlessRouter.Jobs.Storage;

namespace ServerlessRouter.Jobs.Steps;

/// <summary>
/// Puts the files of a job that has ended where its message asked for them; writing them again writes the same. While that place is away it is waited for, as long as the
/// window of the job lasts; behind that it is a fault like others, so that the job is told of one day. What can never be put there is given up at once, with a reason on the job.
/// </summary>
internal sealed partial class ExportStep(JobHost host, JobStorage storage, JobEnding ending, JobOptions options, TimeProvider time, ILogger logger)
{
    public const string OutputSuffix = ".output.jsonl";
    public const string ErrorSuffix = ".errors.jsonl";

    public async ValueTask<StepResult> RunAsync(string jobId, CancellationToken cancellationToken)
    {
        if (await storage.Jobs.FindAsync(jobId, cancellationToken).ConfigureAwait(false) is not { HasEnded: true, IsExported: false, OutputTo: { } name } job)
            return StepResult.Done;
        // A host without blobs leaves it to one that has them.
        if (host.Blobs is not { } blobs)
            return StepResult.Done;
        var now = time.GetUtcNow();
        if (job.NextExportAt is { } due && due > now)
            return StepResult.KeptUntil(due, now);
        JobProblem? refused = null;
        try
        {
            await WriteAsync(blobs, job, job.OutputFileId, name + OutputSuffix, cancellationToken).ConfigureAwait(false);
            await WriteAsync(blobs, job, job.ErrorFileId, name + ErrorSuffix, cancellationToken).ConfigureAwait(false);
        }
        catch (BlobsUnavailableException outage) when (job.ExpiresAt > time.GetUtcNow())
        {
            LogAway(outage, jobId, options.OutageRecheck.TotalSeconds);
            return await WaitAsync(jobId, cancellationToken).ConfigureAwait(false);
        }
        catch (BlobRefusedException refusal)
        {
            LogRefused(refusal, jobId);
            refused = new JobProblem("output_refused", $"{refusal.Message} The results are in the files of the batch.", Param: "output");
        }

        if (await storage.Jobs.ChangeAsync(jobId, found => found.IsExported ? null : Exported(found, refused), cancellationToken).ConfigureAwait(false) is { } exported)
            await ending.AfterAsync(exported, cancellationToken).ConfigureAwait(false);
        return StepResult.Done;
    }

    private static Job Exported(Job job, JobProblem? refused) =>
        job with { IsExported = true, NextExportAt = null, Problems = refused is null ? job.Problems : [.. job.Problems, refused] };

    private async ValueTask<StepResult> WaitAsync(string jobId, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var next = now + options.OutageRecheck;
        var waiting = await storage.Jobs.ChangeAsync(jobId, found => found.IsExported ? null : found with { NextExportAt = next }, cancellationToken).ConfigureAwait(false);
        return waiting is { IsExported: false } ? StepResult.KeptUntil(next, now) : StepResult.Done;
    }

    private async ValueTask WriteAsync(IJobBlobs blobs, Job job, string? fileId, string name, CancellationToken cancellationToken)
    {
        if (fileId is null || await storage.Files.FindAsync(job.Caller, fileId, cancellationToken).ConfigureAwait(false) is not { } file)
            return;
        await blobs.WriteAsync(name, storage.Files.ReadAsync(file, cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    [LoggerMessage(1, LogLevel.Warning, "The output of the job {JobId} cannot be put where it was asked for; that is tried again in {WaitSeconds} s")]
    private partial void LogAway(Exception outage, string jobId, double waitSeconds);

    [LoggerMessage(2, LogLevel.Error, "The output of the job {JobId} can never be put where it was asked for; it stays in the job's files")]
    private partial void LogRefused(Exception refusal, string jobId);
}
