using ServerlessRouter.Jobs.Storage;

namespace ServerlessRouter.Jobs.Steps;

/// <summary>Puts the results of a job together once every chunk is settled, and gives the job its last state.</summary>
internal sealed class CompleteStep(JobStorage storage, ChunkStep chunks, JobEnding ending, JobOptions options, TimeProvider time)
{
    public async ValueTask<StepResult> RunAsync(string jobId, CancellationToken cancellationToken)
    {
        if (await storage.Jobs.FindAsync(jobId, cancellationToken).ConfigureAwait(false) is not { } job)
            return StepResult.Done;
        if (job.Status == JobStatus.Validating)
            return StepResult.After(options.ProgressInterval);
        if (!job.HasEnded)
        {
            for (var chunk = 0; chunk < job.Chunks; chunk++)
            {
                if (await chunks.SettleAsync(new ChunkRef(jobId, chunk), cancellationToken).ConfigureAwait(false) is { IsDone: false } again)
                    return again;
            }

            if (await EndAsync(job, cancellationToken).ConfigureAwait(false) is not { } ended)
                return StepResult.Done;
            job = ended;
        }

        await ending.AfterAsync(job, cancellationToken).ConfigureAwait(false);
        return StepResult.Done;
    }

    private async ValueTask<Job?> EndAsync(Job job, CancellationToken cancellationToken)
    {
        var finalizing = await storage.Jobs.ChangeAsync(
            job.Id,
            found => found.Status == JobStatus.InProgress ? found with { Status = JobStatus.Finalizing, FinalizingAt = time.GetUtcNow() } : null,
            cancellationToken).ConfigureAwait(false);
        if (finalizing is not { HasEnded: false })
            return finalizing;

        job = finalizing;
        var output = await PublishAsync(job, cancellationToken).ConfigureAwait(false);
        return await storage.Jobs.ChangeAsync(
            job.Id,
            found => found.HasEnded ? null : found with
            {
                Status = found.CancellingAt is not null ? JobStatus.Cancelled : output.HasExpired ? JobStatus.Expired : JobStatus.Completed,
                EndedAt = time.GetUtcNow(),
                OutputFileId = output.OutputFileId,
                ErrorFileId = output.ErrorFileId,
                Tally = output.Tally,
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Makes files of what the settled chunks have written, and adds them up; publishing again makes the same files.</summary>
    public async ValueTask<JobOutput> PublishAsync(Job job, CancellationToken cancellationToken)
    {
        var chunks = await storage.Jobs.ChunksAsync(job.Id, cancellationToken).ConfigureAwait(false);
        var settled = chunks.FindAll(static chunk => chunk.IsSettled);
        return new JobOutput(
            await FileAsync(job, JobIds.OutputOf(job.Id), "output", settled.Sum(static chunk => chunk.OutputBytes), cancellationToken).ConfigureAwait(false),
            await FileAsync(job, JobIds.ErrorsOf(job.Id), "error", settled.Sum(static chunk => chunk.ErrorBytes), cancellationToken).ConfigureAwait(false),
            chunks.Aggregate(default(JobTally), static (sum, chunk) => sum + chunk.Tally),
            chunks.Exists(static chunk => chunk.Expired > 0));
    }

    /// <summary>The name of a file over what the chunks have written; null when they wrote nothing.</summary>
    private async ValueTask<string?> FileAsync(Job job, string id, string name, long bytes, CancellationToken cancellationToken)
    {
        if (bytes == 0)
            return null;
        // A time that stands in the row is the same when this is repeated.
        var createdAt = job.FinalizingAt ?? job.CancellingAt ?? job.CreatedAt;
        await storage.Files.AddAsync(
            new JobFile
            {
                Id = id,
                Caller = job.Caller,
                Purpose = JobFilePurposes.BatchOutput,
                FileName = $"{job.Id}_{name}.jsonl",
                Bytes = bytes,
                CreatedAt = createdAt,
                ExpiresAt = createdAt + (job.OutputRetention ?? options.Retention),
            },
            cancellationToken).ConfigureAwait(false);
        return id;
    }
}

/// <summary>What the settled chunks of a job add up to, and the files over what they wrote.</summary>
internal sealed record JobOutput(string? OutputFileId, string? ErrorFileId, JobTally Tally, bool HasExpired)
{
    public static readonly JobOutput None = new(null, null, default, false);
}
