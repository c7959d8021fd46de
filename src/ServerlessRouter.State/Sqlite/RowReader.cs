using Microsoft.Data.Sqlite;

namespace ServerlessRouter.State.Sqlite;

/// <summary>Reads on a connection of its own, each time what was committed last; one caller at a time.</summary>
internal sealed class RowReader : IDisposable
{
    private const string Columns = "SELECT pk, rk, etag, time, props FROM entities WHERE tbl = $tbl";
    private const string InOrder = "ORDER BY pk, rk LIMIT $limit";

    // Sorts behind every text: no upper bound.
    private static readonly object Endless = new byte[1];

    private readonly Func<string, string, Exception> _damaged;
    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _get;
    private readonly SqliteCommand _rowsFrom;
    private readonly SqliteCommand _rowsAfter;
    private readonly SqliteCommand _acrossFrom;
    private readonly SqliteCommand _acrossAfter;
    private readonly SqliteCommand _nextPartition;

    /// <param name="connection">A connection that this reader closes.</param>
    /// <param name="damaged">Makes the exception of a damaged row from its keys.</param>
    public RowReader(SqliteConnection connection, Func<string, string, Exception> damaged)
    {
        (_connection, _damaged) = (connection, damaged);
        _get = Prepare($"{Columns} AND pk = $pk AND rk = $rk", "$tbl", "$pk", "$rk");
        _rowsFrom = Prepare($"{Columns} AND pk = $pk AND rk >= $rk AND rk < $before {InOrder}", "$tbl", "$pk", "$rk", "$before", "$limit");
        _rowsAfter = Prepare($"{Columns} AND pk = $pk AND rk > $rk AND rk < $before {InOrder}", "$tbl", "$pk", "$rk", "$before", "$limit");
        _acrossFrom = Prepare($"{Columns} AND (pk, rk) >= ($pk, $rk) AND pk < $before {InOrder}", "$tbl", "$pk", "$rk", "$before", "$limit");
        _acrossAfter = Prepare($"{Columns} AND (pk, rk) > ($pk, $rk) AND pk < $before {InOrder}", "$tbl", "$pk", "$rk", "$before", "$limit");
        _nextPartition = Prepare("SELECT pk FROM entities WHERE tbl = $tbl AND pk > $pk AND pk < $before ORDER BY pk LIMIT 1", "$tbl", "$pk", "$before");
    }

    public TableEntity? Get(string table, string partitionKey, string rowKey)
    {
        using var rows = Run(_get, table, partitionKey, rowKey);
        return rows.Read() ? Row(table, rows) : null;
    }

    /// <summary>One page, by seeking, so that it costs its rows and not the table.</summary>
    public TablePage Page(string table, TableQuery query, (string PartitionKey, string RowKey)? last)
    {
        // One row more tells whether another page follows.
        var page = new List<TableEntity>(Math.Min(query.PageSize, 16));
        if (query.Rows == TableKeyRange.All)
            Across(page, table, query, last);
        else
            InEachPartition(page, table, query, last);
        if (page.Count <= query.PageSize)
            return new TablePage(page, null);

        page.RemoveAt(page.Count - 1);
        return new TablePage(page, page[^1].PartitionKey + '\n' + page[^1].RowKey);
    }

    public void Dispose()
    {
        foreach (var command in (ReadOnlySpan<SqliteCommand>)[_get, _rowsFrom, _rowsAfter, _acrossFrom, _acrossAfter, _nextPartition])
            command.Dispose();
        _connection.Dispose();
    }

    private void Across(List<TableEntity> page, string table, TableQuery query, (string PartitionKey, string RowKey)? last)
    {
        if (query.Partitions.Exact is { } only)
        {
            InPartition(page, table, query, only, last?.RowKey);
            return;
        }

        var (partitionKey, rowKey) = last ?? (query.Partitions.First, "");
        Add(page, table, query, Run(last is null ? _acrossFrom : _acrossAfter, table, partitionKey, rowKey, query.Partitions.Before ?? Endless, query.PageSize + 1));
    }

    private void InEachPartition(List<TableEntity> page, string table, TableQuery query, (string PartitionKey, string RowKey)? last)
    {
        // The first partition in range need not exist.
        var partition = last?.PartitionKey ?? query.Partitions.First;
        var after = last?.RowKey;
        while (partition is not null && page.Count <= query.PageSize)
        {
            InPartition(page, table, query, partition, after);
            (partition, after) = (query.Partitions.Exact is null ? NextPartition(table, partition, query.Partitions.Before ?? Endless) : null, null);
        }
    }

    private void InPartition(List<TableEntity> page, string table, TableQuery query, string partition, string? after)
    {
        if (query.Partitions.IsAbove(partition))
            return;
        if (query.Rows.Exact is { } exact)
        {
            if (after is null && Get(table, partition, exact) is { } row)
                page.Add(query.Select(row));
            return;
        }

        var command = after is null ? _rowsFrom : _rowsAfter;
        Add(page, table, query, Run(command, table, partition, after ?? query.Rows.First, query.Rows.Before ?? Endless, query.PageSize + 1 - page.Count));
    }

    private string? NextPartition(string table, string partition, object before)
    {
        using var found = Run(_nextPartition, table, partition, before);
        return found.Read() ? found.GetString(0) : null;
    }

    private void Add(List<TableEntity> page, string table, TableQuery query, SqliteDataReader found)
    {
        using var rows = found;
        while (rows.Read())
            page.Add(query.Select(Row(table, rows)));
    }

    private TableEntity Row(string table, SqliteDataReader row)
    {
        // Damage may also have turned a value into one of another type.
        if (row[0] is string partitionKey && row[1] is string rowKey && row[2] is string etag && row[3] is long ticks && row[4] is byte[] props &&
            RowCodec.Read(table, partitionKey, rowKey, etag, ticks, props) is { } good)
        {
            return good;
        }

        throw _damaged($"{row[0]}", $"{row[1]}");
    }

    private static SqliteDataReader Run(SqliteCommand command, params ReadOnlySpan<object> values)
    {
        for (var i = 0; i < values.Length; i++)
            command.Parameters[i].Value = values[i];
        return command.ExecuteReader();
    }

    // A bound may be text or the blob behind all texts, so parameters say their type with each value.
    private SqliteCommand Prepare(string sql, params ReadOnlySpan<string> names)
    {
        var command = _connection.CreateCommand();
        command.CommandText = sql;
        foreach (var name in names)
            command.Parameters.Add(new SqliteParameter { ParameterName = name });
        return command;
    }
}
