using ServerlessRouter.State;

namespace ServerlessRouter.Jobs.Rows;

/// <summary>A job as a row, and back.</summary>
internal static class JobRow
{
    public static TableEntity Write(Job job) => new RowBuilder(job.Id, JobTables.JobRow)
        .Set(nameof(Job.Kind), job.Kind.ToString())
        .Set(nameof(Job.Caller), job.Caller)
        .Set(nameof(Job.Status), JobStatuses.NameOf(job.Status))
        .Set(nameof(Job.InputId), job.InputId)
        .Set(nameof(Job.InputBytes), job.InputBytes)
        .Set(nameof(Job.Endpoint), job.Endpoint)
        .Set(nameof(Job.CompletionWindow), job.CompletionWindow)
        .Set(nameof(Job.CreatedAt), job.CreatedAt)
        .Set(nameof(Job.ExpiresAt), job.ExpiresAt)
        .Set(nameof(Job.InProgressAt), job.InProgressAt)
        .Set(nameof(Job.FinalizingAt), job.FinalizingAt)
        .Set(nameof(Job.CancellingAt), job.CancellingAt)
        .Set(nameof(Job.EndedAt), job.EndedAt)
        .Set(nameof(Job.Items), job.Items)
        .Set(nameof(Job.Metadata), job.Metadata)
        .Set(nameof(Job.CallbackUrl), job.CallbackUrl)
        .Set(nameof(Job.OutputTo), job.OutputTo)
        .Set(nameof(Job.OutputRetention), (long)(job.OutputRetention?.TotalSeconds ?? 0))
        .Set(nameof(Job.Headers), job.Headers)
        .Set("OnceKey", job.IdempotencyKeyHash)
        .Set(nameof(Job.OutputFileId), job.OutputFileId)
        .Set(nameof(Job.ErrorFileId), job.ErrorFileId)
        .Set(nameof(Job.Problems), JobProblemsJson.Write(job.Problems))
        .Set(job.Tally)
        .Set(nameof(Job.DeliveryTries), job.DeliveryTries)
        .Set(nameof(Job.IsDelivered), job.IsDelivered)
        .Set(nameof(Job.NextDeliveryAt), job.NextDeliveryAt)
        .Set(nameof(Job.DeliveryNote), job.DeliveryNote)
        .Set(nameof(Job.IsExported), job.IsExported)
        .Set(nameof(Job.NextExportAt), job.NextExportAt)
        .Set(nameof(Job.Faults), job.Faults)
        .Set(nameof(Job.LastFaultAt), job.LastFaultAt)
        .Build();

    public static Job Read(TableEntity row) => new()
    {
        Id = row.PartitionKey,
        Kind = Enum.Parse<JobKind>(row[nameof(Job.Kind)].AsString()),
        Caller = row.TextOf(nameof(Job.Caller)),
        Status = JobStatuses.Parse(row[nameof(Job.Status)].AsString()),
        InputId = row[nameof(Job.InputId)].AsString(),
        InputBytes = row.LongOf(nameof(Job.InputBytes)),
        Endpoint = row[nameof(Job.Endpoint)].AsString(),
        CompletionWindow = row[nameof(Job.CompletionWindow)].AsString(),
        CreatedAt = row[nameof(Job.CreatedAt)].AsDateTime(),
        ExpiresAt = row[nameof(Job.ExpiresAt)].AsDateTime(),
        InProgressAt = row.TimeOf(nameof(Job.InProgressAt)),
        FinalizingAt = row.TimeOf(nameof(Job.FinalizingAt)),
        CancellingAt = row.TimeOf(nameof(Job.CancellingAt)),
        EndedAt = row.TimeOf(nameof(Job.EndedAt)),
        Items = row.NumberOf(nameof(Job.Items)),
        Metadata = row.TextOf(nameof(Job.Metadata)),
        CallbackUrl = row.TextOf(nameof(Job.CallbackUrl)),
        OutputTo = row.TextOf(nameof(Job.OutputTo)),
        OutputRetention = row.LongOf(nameof(Job.OutputRetention)) is > 0 and var seconds ? TimeSpan.FromSeconds(seconds) : null,
        Headers = row.TextOf(nameof(Job.Headers)),
        IdempotencyKeyHash = row.TextOf("OnceKey"),
        OutputFileId = row.TextOf(nameof(Job.OutputFileId)),
        ErrorFileId = row.TextOf(nameof(Job.ErrorFileId)),
        Problems = JobProblemsJson.Read(row.Find(nameof(Job.Problems))?.AsBinary() ?? default),
        Tally = TallyColumns.Read(row),
        DeliveryTries = row.NumberOf(nameof(Job.DeliveryTries)),
        IsDelivered = row.FlagOf(nameof(Job.IsDelivered)),
        NextDeliveryAt = row.TimeOf(nameof(Job.NextDeliveryAt)),
        DeliveryNote = row.TextOf(nameof(Job.DeliveryNote)),
        IsExported = row.FlagOf(nameof(Job.IsExported)),
        NextExportAt = row.TimeOf(nameof(Job.NextExportAt)),
        Faults = row.NumberOf(nameof(Job.Faults)),
        LastFaultAt = row.TimeOf(nameof(Job.LastFaultAt)),
        ETag = row.ETag,
    };
}
