using System.Collections.Immutable;

namespace ServerlessRouter.State.Memory;

/// <summary>Reads one page of a table by seeking, so that a page costs its rows and not the table.</summary>
internal static class RangeReader
{
    public static TablePage Read(ImmutableSortedSet<TableEntity> rows, TableQuery query, string? continuation)
    {
        var page = new List<TableEntity>(Math.Min(query.PageSize, 16));
        var at = continuation is null ? Seek(rows, query.Partitions.First, query.Rows.First) : AfterLast(rows, continuation);
        while (at < rows.Count)
        {
            var row = rows[at];
            if (query.Partitions.IsAbove(row.PartitionKey))
                break;

            if (query.Rows.IsBelow(row.RowKey))
            {
                at = Seek(rows, row.PartitionKey, query.Rows.First);
                continue;
            }

            if (query.Rows.IsAbove(row.RowKey))
            {
                at = SeekPastPartition(rows, row.PartitionKey);
                continue;
            }

            if (page.Count == query.PageSize)
                return new TablePage(page, Token(page[^1]));

            page.Add(query.Select(row));
            at++;
        }

        return new TablePage(page, null);
    }

    private static int Seek(ImmutableSortedSet<TableEntity> rows, string partitionKey, string rowKey)
    {
        var index = rows.IndexOf(new TableEntity(partitionKey, rowKey));
        return index < 0 ? ~index : index;
    }

    // No partition key sorts between a key and the same key followed by U+0000.
    private static int SeekPastPartition(ImmutableSortedSet<TableEntity> rows, string partitionKey) => Seek(rows, partitionKey + '\0', "");

    private static int AfterLast(ImmutableSortedSet<TableEntity> rows, string continuation)
    {
        // Keys never hold a line feed.
        var split = continuation.IndexOf('\n', StringComparison.Ordinal);
        if (split < 0)
            throw new ArgumentException("The continuation is not one that this store gave.", nameof(continuation));

        return Seek(rows, continuation[..split], continuation[(split + 1)..] + '\0');
    }

    private static string Token(TableEntity last) => last.PartitionKey + '\n' + last.RowKey;
}
