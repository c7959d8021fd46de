namespace ServerlessRouter.State.Memory;

/// <summary>Orders rows by partition key, then row key, both ordinal.</summary>
internal sealed class RowOrder : IComparer<TableEntity>
{
    public static readonly RowOrder Instance = new();

    public int Compare(TableEntity? x, TableEntity? y)
    {
        var partitions = string.CompareOrdinal(x?.PartitionKey, y?.PartitionKey);
        return partitions != 0 ? partitions : string.CompareOrdinal(x?.RowKey, y?.RowKey);
    }
}
