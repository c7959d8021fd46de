using Azure.Data.Tables;
using ServerlessRouter.State;

namespace ServerlessRouter.Functions.State;

/// <summary>Writes a query's ranges as the service's filter, with every key quoted by the client library.</summary>
internal static class TableFilter
{
    /// <summary>Without these the client library would not know whose properties they are.</summary>
    private static readonly string[] OfEveryRow = ["PartitionKey", "RowKey", "Timestamp"];

    /// <summary>Null when the query is for the whole table.</summary>
    public static string? Of(TableQuery query)
    {
        string?[] parts =
        [
            query.Partitions.Exact is { } partition ? TableClient.CreateQueryFilter($"PartitionKey eq {partition}") : null,
            query.Partitions.From is { } firstPartition ? TableClient.CreateQueryFilter($"PartitionKey ge {firstPartition}") : null,
            query.Partitions.Before is { } endPartition ? TableClient.CreateQueryFilter($"PartitionKey lt {endPartition}") : null,
            query.Rows.Exact is { } row ? TableClient.CreateQueryFilter($"RowKey eq {row}") : null,
            query.Rows.From is { } firstRow ? TableClient.CreateQueryFilter($"RowKey ge {firstRow}") : null,
            query.Rows.Before is { } endRow ? TableClient.CreateQueryFilter($"RowKey lt {endRow}") : null,
        ];
        var filter = string.Join(" and ", parts.Where(static part => part is not null));
        return filter.Length == 0 ? null : filter;
    }

    /// <summary>What the service is asked for of each row; null for everything.</summary>
    public static IEnumerable<string>? PropertiesOf(TableQuery query) => query.Properties is { } names ? OfEveryRow.Concat(names) : null;
}
