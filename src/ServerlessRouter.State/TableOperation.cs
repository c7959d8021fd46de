namespace ServerlessRouter.State;

/// <summary>One write to one row together with its condition.</summary>
public sealed class TableOperation
{
    private TableOperation(TableOperationKind kind, string partitionKey, string rowKey, TableEntity? entity, string? etag)
    {
        Kind = kind;
        PartitionKey = partitionKey;
        RowKey = rowKey;
        Entity = entity;
        IfMatch = etag;
    }

    public TableOperationKind Kind { get; }

    public string PartitionKey { get; }

    public string RowKey { get; }

    /// <summary>What to write; null for a delete. Its own ETag and timestamp play no part.</summary>
    public TableEntity? Entity { get; }

    /// <summary>The ETag the row must carry, or <see cref="TableETag.Any"/>; null for inserts and upserts.</summary>
    public string? IfMatch { get; }

    public static TableOperation Insert(TableEntity entity) => Write(TableOperationKind.Insert, entity, null);

    public static TableOperation UpsertReplace(TableEntity entity) => Write(TableOperationKind.UpsertReplace, entity, null);

    public static TableOperation UpsertMerge(TableEntity entity) => Write(TableOperationKind.UpsertMerge, entity, null);

    public static TableOperation UpdateReplace(TableEntity entity, string ifMatch) => Write(TableOperationKind.UpdateReplace, entity, Required(ifMatch));

    public static TableOperation UpdateMerge(TableEntity entity, string ifMatch) => Write(TableOperationKind.UpdateMerge, entity, Required(ifMatch));

    public static TableOperation Delete(string partitionKey, string rowKey, string ifMatch)
    {
        ArgumentNullException.ThrowIfNull(partitionKey);
        ArgumentNullException.ThrowIfNull(rowKey);
        return new(TableOperationKind.Delete, partitionKey, rowKey, null, Required(ifMatch));
    }

    private static TableOperation Write(TableOperationKind kind, TableEntity entity, string? ifMatch)
    {
        ArgumentNullException.ThrowIfNull(entity);
        return new(kind, entity.PartitionKey, entity.RowKey, entity, ifMatch);
    }

    private static string Required(string ifMatch)
    {
        ArgumentException.ThrowIfNullOrEmpty(ifMatch);
        return ifMatch;
    }
}
