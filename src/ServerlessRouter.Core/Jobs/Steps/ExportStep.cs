using ServerlessRouter.Jobs.Queue;

namespace ServerlessRouter.Jobs.Steps;

/// <summary>Puts the files of a job that has ended where its message asked for them; writing them again writes the same.</summary>
internal sealed class ExportStep(JobServices services, JobStore jobs, JobFiles files, JobEnding ending)
{
    public const string OutputSuffix = ".output.jsonl";
    public const string ErrorSuffix = ".errors.jsonl";

    public async ValueTask RunAsync(string jobId, CancellationToken cancellationToken)
    {
        if (await jobs.FindAsync(jobId, cancellationToken).ConfigureAwait(false) is not { HasEnded: true, IsExported: false, OutputTo: { } name } job)
            return;
        // A host without blobs leaves it to one that has them.
        if (services.Blobs is not { } blobs)
            return;
        await WriteAsync(blobs, job, job.OutputFileId, name + OutputSuffix, cancellationToken).ConfigureAwait(false);
        await WriteAsync(blobs, job, job.ErrorFileId, name + ErrorSuffix, cancellationToken).ConfigureAwait(false);
        if (await jobs.ChangeAsync(jobId, static found => found.IsExported ? null : found with { IsExported = true }, cancellationToken).ConfigureAwait(false) is { } exported)
            await ending.AfterAsync(exported, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask WriteAsync(IJobBlobs blobs, Job job, string? fileId, string name, CancellationToken cancellationToken)
    {
        if (fileId is null || await files.FindAsync(job.Caller, fileId, cancellationToken).ConfigureAwait(false) is not { } file)
            return;
        await blobs.WriteAsync(name, files.ReadAsync(file, cancellationToken), cancellationToken).ConfigureAwait(false);
    }
}
