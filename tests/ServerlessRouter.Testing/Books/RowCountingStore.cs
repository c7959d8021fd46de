using ServerlessRouter.State;

namespace ServerlessRouter.Testing.Books;

/// <summary>Counts the rows that are read from another store, and the calls that read them.</summary>
public sealed class RowCountingStore(ITableStore store) : ITableStore
{
    private int _rows;
    private int _calls;

    /// <summary>Rows so far; a row that was asked for and is not there counts too.</summary>
    public int Rows
    {
        get => _rows;
        set => _rows = value;
    }

    /// <summary>Calls so far.</summary>
    public int Calls
    {
        get => _calls;
        set => _calls = value;
    }

    public ValueTask<TableWriteResult> WriteAsync(string table, TableOperation operation, CancellationToken cancellationToken = default) => store.WriteAsync(table, operation, cancellationToken);

    public ValueTask<TableTransactionResult> TransactAsync(string table, IReadOnlyList<TableOperation> operations, CancellationToken cancellationToken = default) =>
        store.TransactAsync(table, operations, cancellationToken);

    public ValueTask<TableEntity?> GetAsync(string table, string partitionKey, string rowKey, CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _rows);
        Interlocked.Increment(ref _calls);
        return store.GetAsync(table, partitionKey, rowKey, cancellationToken);
    }

    public async ValueTask<TablePage> QueryPageAsync(string table, TableQuery query, string? continuation = null, CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _calls);
        var page = await store.QueryPageAsync(table, query, continuation, cancellationToken);
        Interlocked.Add(ref _rows, page.Entities.Count);
        return page;
    }
}
