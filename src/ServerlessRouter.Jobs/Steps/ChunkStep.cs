using ServerlessRouter.Jobs.Storage;
using ServerlessRouter.Recording.Usage;

namespace ServerlessRouter.Jobs.Steps;

/// <summary>What is done for a chunk as a whole: which of its items are left, and, once none is, its figures, its part of the output and of the books.</summary>
internal sealed class ChunkStep(JobStorage storage, UsageParts usage, JobOptions options, TimeProvider time)
{
    /// <summary>The items that have not ended. In a job that is cancelled or past its window those that no runner works on are ended first.</summary>
    public async ValueTask<ChunkWork> RemainingAsync(ChunkRef name, CancellationToken cancellationToken)
    {
        if (await storage.Jobs.FindAsync(name.JobId, cancellationToken).ConfigureAwait(false) is not { HasEnded: false } job)
            return new ChunkWork([]);
        var found = StopOf(job) is { } end
            ? await storage.Items.EndPendingAsync(name.JobId, name.Chunk, end, cancellationToken).ConfigureAwait(false)
            : await storage.Items.OfChunkAsync(name.JobId, name.Chunk, cancellationToken).ConfigureAwait(false);
        return new ChunkWork([.. found.Where(static item => !item.HasEnded).Select(static item => item.Index)]);
    }

    /// <summary>Settles a chunk whose items have all ended; else says when to ask again. Repeating it writes the same rows again.</summary>
    public async ValueTask<StepResult> SettleAsync(ChunkRef name, CancellationToken cancellationToken)
    {
        if (await storage.Jobs.FindAsync(name.JobId, cancellationToken).ConfigureAwait(false) is not { HasEnded: false } job)
            return StepResult.Done;
        if (await storage.Jobs.FindChunkAsync(name.JobId, name.Chunk, cancellationToken).ConfigureAwait(false) is { IsSettled: true })
            return StepResult.Done;

        var found = await storage.Items.OfChunkAsync(name.JobId, name.Chunk, cancellationToken).ConfigureAwait(false);
        if (found.Exists(static item => !item.HasEnded))
            return StepResult.After(options.ProgressInterval);

        var figures = ChunkProgress.Add(name.JobId, name.Chunk, found, time.GetUtcNow());
        if (job.Kind == JobKind.Batch)
            figures = await WriteOutputAsync(figures, found, cancellationToken).ConfigureAwait(false);
        await usage.AddAsync(JobTables.ItemsPartition(name.JobId, name.Chunk), UsageOf(found), cancellationToken).ConfigureAwait(false);
        await storage.Jobs.SettleChunkAsync(figures with { IsSettled = true }, cancellationToken).ConfigureAwait(false);
        return StepResult.Done;
    }

    private async ValueTask<JobChunk> WriteOutputAsync(JobChunk figures, List<JobItem> ended, CancellationToken cancellationToken)
    {
        var firstRow = figures.Chunk * JobTables.OutputRowsPerChunk;
        using var output = storage.Content.Write(JobIds.OutputOf(figures.JobId), firstRow);
        using var errors = storage.Content.Write(JobIds.ErrorsOf(figures.JobId), firstRow);
        foreach (var item in ended)
        {
            var result = await storage.Items.ResultAsync(item, cancellationToken).ConfigureAwait(false);
            await (item.State == ItemState.Done ? output : errors).AppendAsync(OutputLine.Of(item, result), cancellationToken).ConfigureAwait(false);
        }

        await output.CompleteAsync(cancellationToken).ConfigureAwait(false);
        await errors.CompleteAsync(cancellationToken).ConfigureAwait(false);
        return figures with { OutputBytes = output.Bytes, ErrorBytes = errors.Bytes };
    }

    /// <summary>The same for the same settled items, at every time and for every runner.</summary>
    private static List<UsageEntry> UsageOf(List<JobItem> ended)
    {
        var sums = new List<UsageEntry>();
        foreach (var entry in ended.SelectMany(static item => item.Usage))
            UsageSplit.Add(sums, entry);
        return sums;
    }

    private ItemState? StopOf(Job job) => job.Status switch
    {
        JobStatus.Cancelling => ItemState.Cancelled,
        _ when job.ExpiresAt <= time.GetUtcNow() => ItemState.Expired,
        _ => null,
    };
}
