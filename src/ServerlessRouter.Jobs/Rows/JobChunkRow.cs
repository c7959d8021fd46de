using ServerlessRouter.State;

namespace ServerlessRouter.Jobs.Rows;

/// <summary>A chunk's figures as a row, and back.</summary>
internal static class JobChunkRow
{
    public static TableEntity Write(JobChunk chunk) => new RowBuilder(chunk.JobId, JobTables.ChunkKey(chunk.Chunk))
        .Set(nameof(JobChunk.Chunk), chunk.Chunk)
        .Set(chunk.Tally)
        .Set(nameof(JobChunk.Expired), chunk.Expired)
        .Set(nameof(JobChunk.IsSettled), chunk.IsSettled)
        .Set(nameof(JobChunk.OutputBytes), chunk.OutputBytes)
        .Set(nameof(JobChunk.ErrorBytes), chunk.ErrorBytes)
        .Set(nameof(JobChunk.UpdatedAt), chunk.UpdatedAt)
        .Build();

    public static JobChunk Read(TableEntity row) => new()
    {
        JobId = row.PartitionKey,
        Chunk = row[nameof(JobChunk.Chunk)].AsInt32(),
        Tally = TallyColumns.Read(row),
        Expired = row.NumberOf(nameof(JobChunk.Expired)),
        IsSettled = row.FlagOf(nameof(JobChunk.IsSettled)),
        OutputBytes = row.LongOf(nameof(JobChunk.OutputBytes)),
        ErrorBytes = row.LongOf(nameof(JobChunk.ErrorBytes)),
        UpdatedAt = row[nameof(JobChunk.UpdatedAt)].AsDateTime(),
        ETag = row.ETag,
    };
}
