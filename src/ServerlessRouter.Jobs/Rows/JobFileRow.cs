using ServerlessRouter.State;

namespace ServerlessRouter.Jobs.Rows;

/// <summary>A file as a row, and back.</summary>
internal static class JobFileRow
{
    public static TableEntity Write(JobFile file) => new RowBuilder(file.Id, JobTables.FileRow)
        .Set(nameof(JobFile.Caller), file.Caller)
        .Set(nameof(JobFile.Purpose), file.Purpose)
        .Set(nameof(JobFile.FileName), file.FileName)
        .Set(nameof(JobFile.Bytes), file.Bytes)
        .Set(nameof(JobFile.CreatedAt), file.CreatedAt)
        .Set(nameof(JobFile.ExpiresAt), file.ExpiresAt)
        .Build();

    public static JobFile Read(TableEntity row) => new()
    {
        Id = row.PartitionKey,
        Caller = row.TextOf(nameof(JobFile.Caller)),
        Purpose = row[nameof(JobFile.Purpose)].AsString(),
        FileName = row[nameof(JobFile.FileName)].AsString(),
        Bytes = row.LongOf(nameof(JobFile.Bytes)),
        CreatedAt = row[nameof(JobFile.CreatedAt)].AsDateTime(),
        ExpiresAt = row[nameof(JobFile.ExpiresAt)].AsDateTime(),
    };
}
