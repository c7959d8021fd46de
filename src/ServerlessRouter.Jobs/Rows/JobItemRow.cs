using ServerlessRouter.Jobs.Requests;
using ServerlessRouter.State;

namespace ServerlessRouter.Jobs.Rows;

/// <summary>An item as a row, and back.</summary>
internal static class JobItemRow
{
    /// <summary>Where the history of a request in several steps stands, under the name that stored rows know.</summary>
    internal const string HistoryColumn = "Trail";

    public static TableEntity Write(JobItem item) => new RowBuilder(JobTables.ItemsPartition(item.JobId, JobTables.ChunkOf(item.Index)), JobTables.ItemKey(item.Index))
        .Set(nameof(JobItem.JobId), item.JobId)
        .Set(nameof(JobItem.Index), item.Index)
        .Set(nameof(JobItem.CustomId), item.CustomId)
        .Set(nameof(JobItem.InputRow), item.InputRow)
        .Set(nameof(JobItem.InputAt), item.InputAt)
        .Set(nameof(JobItem.InputBytes), item.InputBytes)
        .Set(nameof(JobItem.State), item.State.ToString())
        .Set(nameof(JobItem.Owner), item.Owner)
        .Set(nameof(JobItem.LeasedUntil), item.LeasedUntil)
        .Set(nameof(JobItem.Tries), item.Tries)
        .Set(nameof(JobItem.Faults), item.Faults)
        .Set(nameof(JobItem.NextTryAt), item.NextTryAt)
        .Set(nameof(JobItem.StatusCode), item.StatusCode)
        .Set(nameof(JobItem.ResultBytes), item.ResultBytes)
        .Set(nameof(JobItem.ResultContent), item.ResultContent)
        .Set(nameof(JobItem.Model), item.Model)
        .Set(item.Bill)
        .SetParts(HistoryColumn, item.RequestHistory?.Write())
        .SetParts(nameof(JobItem.SideCalls), AttemptTrace.WriteAll(item.SideCalls))
        .Set(nameof(JobItem.Usage), UsageColumn.Write(item.Usage))
        .Build();

    public static JobItem Read(TableEntity row) => new()
    {
        JobId = row[nameof(JobItem.JobId)].AsString(),
        Index = row[nameof(JobItem.Index)].AsInt32(),
        CustomId = row.TextOf(nameof(JobItem.CustomId)),
        InputRow = row[nameof(JobItem.InputRow)].AsInt32(),
        InputAt = row[nameof(JobItem.InputAt)].AsInt32(),
        InputBytes = row[nameof(JobItem.InputBytes)].AsInt32(),
        State = Enum.Parse<ItemState>(row[nameof(JobItem.State)].AsString()),
        Owner = row.TextOf(nameof(JobItem.Owner)),
        LeasedUntil = row.TimeOf(nameof(JobItem.LeasedUntil)),
        Tries = row.NumberOf(nameof(JobItem.Tries)),
        Faults = row.NumberOf(nameof(JobItem.Faults)),
        NextTryAt = row.TimeOf(nameof(JobItem.NextTryAt)),
        StatusCode = row.NumberOf(nameof(JobItem.StatusCode)),
        ResultBytes = row.NumberOf(nameof(JobItem.ResultBytes)),
        ResultContent = row.TextOf(nameof(JobItem.ResultContent)),
        Model = row.TextOf(nameof(JobItem.Model)),
        Bill = TallyColumns.Read(row),
        RequestHistory = row.PartsOf(HistoryColumn) is { Length: > 0 } history ? RequestHistory.Read(history) : null,
        SideCalls = AttemptTrace.ReadAll(row.PartsOf(nameof(JobItem.SideCalls))),
        Usage = UsageColumn.Read(row.TextOf(nameof(JobItem.Usage))),
        ETag = row.ETag,
    };
}
