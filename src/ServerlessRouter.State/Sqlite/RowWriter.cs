using Microsoft.Data.Sqlite;

namespace ServerlessRouter.State.Sqlite;

/// <summary>Carries out operations in the transaction that its caller has begun, and counts what each table takes.</summary>
internal sealed class RowWriter : IDisposable
{
    private const string Row = "tbl = $tbl AND pk = $pk AND rk = $rk";

    private static readonly (string, SqliteType)[] Keys = [("$tbl", SqliteType.Text), ("$pk", SqliteType.Text), ("$rk", SqliteType.Text)];

    private readonly RowCodec _codec = new();
    private readonly Dictionary<string, long> _changes = [];
    private readonly Func<string, string, Exception> _damaged;
    private readonly SqliteCommand _measure;
    private readonly SqliteCommand _find;
    private readonly SqliteCommand _put;
    private readonly SqliteCommand _remove;
    private readonly SqliteCommand _count;

    /// <param name="connection">The writer's connection.</param>
    /// <param name="damaged">Makes the exception of a damaged row from its keys.</param>
    public RowWriter(SqliteConnection connection, Func<string, string, Exception> damaged)
    {
        _damaged = damaged;
        _measure = connection.Prepare($"SELECT etag, length(props) FROM entities WHERE {Row}", Keys);
        _find = connection.Prepare($"SELECT etag, time, props FROM entities WHERE {Row}", Keys);
        _put = connection.Prepare(
            "INSERT INTO entities VALUES ($tbl, $pk, $rk, $etag, $time, $props) ON CONFLICT DO UPDATE SET etag = excluded.etag, time = excluded.time, props = excluded.props", [.. Keys, ("$etag", SqliteType.Text), ("$time", SqliteType.Integer), ("$props", SqliteType.Blob)]);
        _remove = connection.Prepare($"DELETE FROM entities WHERE {Row}", Keys);
        _count = connection.Prepare("INSERT INTO sizes VALUES ($tbl, $bytes) ON CONFLICT DO UPDATE SET bytes = bytes + excluded.bytes", ("$tbl", SqliteType.Text), ("$bytes", SqliteType.Integer));
    }

    /// <summary>How many bytes were written since <see cref="Begin"/>.</summary>
    public long BytesWritten { get; private set; }

    /// <summary>How many rows were written or removed since <see cref="Begin"/>.</summary>
    public int RowsWritten { get; private set; }

    /// <summary>Whether a row was removed since <see cref="Begin"/>.</summary>
    public bool HasRemoved { get; private set; }

    /// <summary>What each table takes more, or less, since <see cref="Begin"/>.</summary>
    public IReadOnlyDictionary<string, long> SizeChanges => _changes;

    /// <summary>Forgets what the last transaction did.</summary>
    public void Begin()
    {
        _changes.Clear();
        (BytesWritten, RowsWritten, HasRemoved) = (0, 0, false);
    }

    /// <summary>Decides all operations, then carries out all or none.</summary>
    /// <exception cref="ArgumentException">A merged row breaks <see cref="TableLimits"/>; nothing was written.</exception>
    public TableTransactionResult Apply(string table, IReadOnlyList<TableOperation> operations, string etagStem, DateTimeOffset now)
    {
        var rows = new TableEntity?[operations.Count];
        var sizesBefore = new int[operations.Count];
        for (var i = 0; i < rows.Length; i++)
        {
            var operation = operations[i];
            var existing = Find(table, operation, out sizesBefore[i], out var existingETag);
            if (TableRules.Check(operation, existingETag) is not TableOutcome.Done and var outcome)
                return new TableTransactionResult(outcome, [], i);
            rows[i] = existing is null ? operation.Entity : TableRules.Merge(operation.Entity!, existing);
        }

        var etags = new string?[rows.Length];
        for (var i = 0; i < rows.Length; i++)
        {
            etags[i] = rows[i] is null ? null : $"{etagStem}{i:x}\"";
            Change(table, operations[i], rows[i]?.Written(etags[i]!, now), sizesBefore[i]);
        }

        return new TableTransactionResult(TableOutcome.Done, etags);
    }

    /// <summary>Writes a row with the ETag and timestamp it has, or removes it, whatever is there.</summary>
    public void Set(string table, TableEntity row, bool isRemoval)
    {
        var keys = TableOperation.UpsertReplace(row);
        Find(table, keys, out var sizeBefore, out _);
        Change(table, keys, isRemoval ? null : row, sizeBefore);
    }

    /// <summary>Writes down what each table takes now; the last step of a transaction.</summary>
    public void WriteSizes()
    {
        foreach (var (table, change) in _changes)
        {
            _count.Parameters[0].Value = table;
            _count.Parameters[1].Value = change;
            _count.ExecuteNonQuery();
        }
    }

    public void Dispose()
    {
        foreach (var command in (ReadOnlySpan<SqliteCommand>)[_measure, _find, _put, _remove, _count])
            command.Dispose();
    }

    /// <summary>The row that is there, where the operation needs its properties; and what it takes.</summary>
    private TableEntity? Find(string table, TableOperation operation, out int size, out string? etag)
    {
        var isWhole = TableRules.Merges(operation.Kind);
        var command = isWhole ? _find : _measure;
        BindKeys(command, table, operation);
        using var found = command.ExecuteReader();
        (size, etag) = (0, null);
        if (!found.Read())
            return null;

        etag = found[0] as string ?? throw _damaged(operation.PartitionKey, operation.RowKey);
        if (!isWhole)
        {
            size = SizeOf(table, operation, etag, found.GetInt32(1));
            return null;
        }

        if (found[1] is not long ticks || found[2] is not byte[] props)
            throw _damaged(operation.PartitionKey, operation.RowKey);
        size = SizeOf(table, operation, etag, props.Length);
        return RowCodec.Read(table, operation.PartitionKey, operation.RowKey, etag, ticks, props) ?? throw _damaged(operation.PartitionKey, operation.RowKey);
    }

    private void Change(string table, TableOperation operation, TableEntity? row, int sizeBefore)
    {
        var size = 0;
        if (row is null)
        {
            BindKeys(_remove, table, operation);
            _remove.ExecuteNonQuery();
            HasRemoved = true;
        }
        else
        {
            var props = _codec.Write(table, row);
            size = SizeOf(table, operation, row.ETag!, props.Length);
            BindKeys(_put, table, operation);
            _put.Parameters[3].Value = row.ETag;
            _put.Parameters[4].Value = row.Timestamp!.Value.UtcTicks;
            _put.Parameters[5].Value = props;
            _put.ExecuteNonQuery();
        }

        RowsWritten++;
        BytesWritten += Math.Max(size, sizeBefore);
        _changes[table] = _changes.GetValueOrDefault(table) + size - sizeBefore;
    }

    private static void BindKeys(SqliteCommand command, string table, TableOperation operation)
    {
        command.Parameters[0].Value = table;
        command.Parameters[1].Value = operation.PartitionKey;
        command.Parameters[2].Value = operation.RowKey;
    }

    // Text is stored as UTF-16; the time takes eight bytes.
    private static int SizeOf(string table, TableOperation operation, string etag, int propsBytes) =>
        (2 * (table.Length + operation.PartitionKey.Length + operation.RowKey.Length + etag.Length)) + sizeof(long) + propsBytes;
}
