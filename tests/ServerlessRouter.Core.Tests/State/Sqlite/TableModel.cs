using ServerlessRouter.State;

namespace ServerlessRouter.Core.Tests.State.Sqlite;

/// <summary>What a table should hold, in the plainest way there is.</summary>
internal sealed class TableModel
{
    private SortedDictionary<string, (Dictionary<string, int> Numbers, string? ETag)> _rows = new(StringComparer.Ordinal);

    public string? ETag(string partitionKey, string rowKey) => _rows.TryGetValue(Key(partitionKey, rowKey), out var row) ? row.ETag : null;

    /// <summary>Each row as text, in order.</summary>
    public IEnumerable<string> Rows => _rows.Select(row => Text(row.Key, row.Value.Numbers, row.Value.ETag));

    public static string Text(TableEntity row) => Text(
        Key(row.PartitionKey, row.RowKey), row.Properties.ToDictionary(property => property.Key, property => property.Value.AsInt32()), row.ETag);

    /// <summary>Carries out a transaction; the outcome, and the index of the operation that failed.</summary>
    public (TableOutcome Outcome, int? FailedIndex) Apply(IReadOnlyList<TableOperation> operations)
    {
        var after = new SortedDictionary<string, (Dictionary<string, int> Numbers, string? ETag)>(_rows, StringComparer.Ordinal);
        for (var i = 0; i < operations.Count; i++)
        {
            var operation = operations[i];
            var key = Key(operation.PartitionKey, operation.RowKey);
            var exists = after.TryGetValue(key, out var row);
            if (operation.Kind == TableOperationKind.Insert && exists)
                return (TableOutcome.AlreadyExists, i);
            if (operation.IfMatch is not null && !exists)
                return (TableOutcome.NotFound, i);
            if (operation.IfMatch is not (null or "*") && operation.IfMatch != row.ETag)
                return (TableOutcome.ETagMismatch, i);

            if (operation.Entity is null)
            {
                after.Remove(key);
                continue;
            }

            var merges = operation.Kind is TableOperationKind.UpsertMerge or TableOperationKind.UpdateMerge;
            var numbers = exists && merges ? new Dictionary<string, int>(row.Numbers) : [];
            foreach (var (name, value) in operation.Entity.Properties)
                numbers[name] = value.AsInt32();
            after[key] = (numbers, null);
        }

        _rows = after;
        return (TableOutcome.Done, null);
    }

    /// <summary>Learns the ETags the store gave.</summary>
    public void Learn(IReadOnlyList<TableOperation> operations, IReadOnlyList<string?> etags)
    {
        for (var i = 0; i < operations.Count; i++)
        {
            var key = Key(operations[i].PartitionKey, operations[i].RowKey);
            if (_rows.TryGetValue(key, out var row))
                _rows[key] = row with { ETag = etags[i] };
        }
    }

    private static string Key(string partitionKey, string rowKey) => $"{partitionKey}:{rowKey}";

    private static string Text(string key, Dictionary<string, int> numbers, string? etag) =>
        $"{key} {etag} {string.Join(",", numbers.OrderBy(number => number.Key, StringComparer.Ordinal).Select(number => $"{number.Key}={number.Value}"))}";
}
