using ServerlessRouter.Jobs.Storage;

namespace ServerlessRouter.Jobs.Steps;

/// <summary>Keeps the figures of a chunk under way fresh enough to look at, at the price of one read for an item that ends.</summary>
internal sealed class ChunkProgress(JobStorage storage, JobOptions options, TimeProvider time)
{
    /// <summary>Adds the chunk up again if its figures are old. Who writes at the same time makes no difference: both add up the same items.</summary>
    public async ValueTask NoteAsync(string jobId, int chunk, CancellationToken cancellationToken)
    {
        var known = await storage.Jobs.FindChunkAsync(jobId, chunk, cancellationToken).ConfigureAwait(false);
        var now = time.GetUtcNow();
        if (known is not null && (known.IsSettled || now - known.UpdatedAt < options.ProgressInterval))
            return;
        var figures = Add(jobId, chunk, await storage.Items.OfChunkAsync(jobId, chunk, cancellationToken).ConfigureAwait(false), now);
        await storage.Jobs.TryWriteChunkAsync(figures with { ETag = known?.ETag }, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What the settled rows of a chunk's items add up to.</summary>
    public static JobChunk Add(string jobId, int chunk, List<JobItem> items, DateTimeOffset now)
    {
        var (tally, expired) = (default(JobTally), 0);
        foreach (var item in items)
        {
            tally += item.Bill;
            if (item.State == ItemState.Done)
                tally += new JobTally { Completed = 1 };
            else if (item.HasEnded)
                tally += new JobTally { Failed = 1 };
            if (item.State == ItemState.Expired)
                expired++;
        }

        return new JobChunk { JobId = jobId, Chunk = chunk, Tally = tally, Expired = expired, UpdatedAt = now };
    }
}
