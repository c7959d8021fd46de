namespace ServerlessRouter.State;

/// <summary>Which entities of a table to read: a range of partitions and, inside each, a range of rows.</summary>
public sealed record TableQuery
{
    /// <summary>1000 entities: the most the service gives in one page.</summary>
    public const int DefaultPageSize = TableLimits.PageSize;

    public TableKeyRange Partitions { get; init; }

    public TableKeyRange Rows { get; init; }

    /// <summary>The most entities in one page. Default: <see cref="DefaultPageSize"/>.</summary>
    public int PageSize { get; init; } = DefaultPageSize;

    /// <summary>Names of the properties to read; a row that lacks one comes without it, and keys, ETag and timestamp always come. Null for all properties.</summary>
    public IReadOnlyList<string>? Properties { get; init; }

    public static TableQuery All { get; } = new();

    public static TableQuery InPartition(string partitionKey, TableKeyRange rows = default) => new() { Partitions = TableKeyRange.Only(partitionKey), Rows = rows };

    public static TableQuery AcrossPartitions(TableKeyRange partitions, TableKeyRange rows = default) => new() { Partitions = partitions, Rows = rows };

    /// <summary>A row as this query gives it.</summary>
    internal TableEntity Select(TableEntity row) => Properties is null ? row : row.Only(Properties);
}
