using ServerlessRouter.State;

namespace ServerlessRouter.Recording.Records;

/// <summary>A record as rows, and back.</summary>
internal static class RecordRow
{
    private const string Row = "Row";

    public static TableEntity Write(RequestRecord record, string partition, string rowKey)
    {
        var values = new Dictionary<string, TableValue>
        {
            [nameof(RequestRecord.Id)] = record.Id,
            [nameof(RequestRecord.ReceivedAt)] = record.ReceivedAt,
            [nameof(RequestRecord.Json)] = record.Json,
        };
        if (record.Key is { } key)
            values[nameof(RequestRecord.Key)] = key;
        return new TableEntity(partition, rowKey) { Properties = values };
    }

    public static RequestRecord Read(TableEntity row) => new(
        row[nameof(RequestRecord.Id)].AsString(),
        row.Find(nameof(RequestRecord.Key))?.AsString(),
        row[nameof(RequestRecord.ReceivedAt)].AsDateTime(),
        row[nameof(RequestRecord.Json)].AsString());

    /// <summary>The row by which a request's name finds its record.</summary>
    public static TableEntity WriteName(RequestRecord record, string partition, string rowKey) => new(partition, RecordTables.NameKey(record.Id)) { [Row] = rowKey };

    public static string RowOf(TableEntity name) => name[Row].AsString();
}
