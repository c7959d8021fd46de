using ServerlessRouter.Configuration;
using ServerlessRouter.Jobs.Input;
using ServerlessRouter.Jobs.Storage;

namespace ServerlessRouter.Jobs.Steps;

/// <summary>Reads a job's input and lays out its items. A twin that comes late finds the chunks there and changes nothing.</summary>
internal sealed class PrepareStep(JobStorage storage, JobEnding ending, RouterModelSource models, TimeProvider time)
{
    private static readonly PreparedJob Nothing = new(0, 0);

    public async ValueTask<PreparedJob> RunAsync(string jobId, CancellationToken cancellationToken)
    {
        if (await storage.Jobs.FindAsync(jobId, cancellationToken).ConfigureAwait(false) is not { HasEnded: false } job)
            return Nothing;
        if (job.Status != JobStatus.Validating)
            return new PreparedJob(job.Items, job.Chunks);

        // A submission that broke off may have left this out.
        if (job.Kind == JobKind.Batch)
            await storage.Index.AddToListAsync(JobIndex.Batches, job.Caller, job.CreatedAt, job.Id, cancellationToken).ConfigureAwait(false);

        var input = await ReadAsync(job, cancellationToken).ConfigureAwait(false);
        if (!input.Problems.IsEmpty)
        {
            await FailAsync(job, input, cancellationToken).ConfigureAwait(false);
            return Nothing;
        }

        foreach (var chunk in input.Lines.Select((line, place) => ItemOf(job, line, place)).Chunk(JobTables.ItemsPerChunk))
            await storage.Items.InsertChunkAsync(chunk, cancellationToken).ConfigureAwait(false);

        var prepared = await storage.Jobs.ChangeAsync(
            jobId,
            found => found.Status == JobStatus.Validating ? found with { Status = JobStatus.InProgress, InProgressAt = time.GetUtcNow(), Items = input.Lines.Count } : null,
            cancellationToken).ConfigureAwait(false);
        return prepared is null or { HasEnded: true } ? Nothing : new PreparedJob(prepared.Items, prepared.Chunks);
    }

    private async ValueTask<BatchInput> ReadAsync(Job job, CancellationToken cancellationToken) => job.Kind switch
    {
        JobKind.Batch => await new BatchInputReader(job.Endpoint, models.Current.MaxRequestBytes)
            .ReadAsync(storage.Content.ReadAsync(job.InputId, cancellationToken), cancellationToken).ConfigureAwait(false),
        JobKind.Request => new BatchInput([new BatchLine("", 0, (int)job.InputBytes)], []),
    };

    private static JobItem ItemOf(Job job, BatchLine line, int place) => new()
    {
        JobId = job.Id,
        Index = place,
        CustomId = job.Kind == JobKind.Batch ? line.CustomId : null,
        InputRow = (int)(line.BodyAt / JobContent.RowBytes),
        InputAt = (int)(line.BodyAt % JobContent.RowBytes),
        InputBytes = line.BodyBytes,
    };

    private async ValueTask FailAsync(Job job, BatchInput input, CancellationToken cancellationToken)
    {
        var failed = await storage.Jobs.ChangeAsync(
            job.Id,
            found => found.Status is JobStatus.Validating or JobStatus.Cancelling
                ? found with { Status = JobStatus.Failed, EndedAt = time.GetUtcNow(), Problems = input.Problems }
                : null,
            cancellationToken).ConfigureAwait(false);
        if (failed is { HasEnded: true })
            await ending.AfterAsync(failed, cancellationToken).ConfigureAwait(false);
    }
}
