using ServerlessRouter.State;

namespace ServerlessRouter.Testing.Diagnostics;

/// <summary>Counts what is asked of a store, and is down when a test says so.</summary>
public sealed class CountedStore(ITableStore store) : ITableStore
{
    private int _reads;
    private int _writes;
    private int _rows;
    private long _bytes;

    /// <summary>Calls that read.</summary>
    public int Reads => _reads;

    /// <summary>Calls that write.</summary>
    public int Writes => _writes;

    /// <summary>Rows that were read; one that was asked for and is not there counts too.</summary>
    public int Rows => _rows;

    /// <summary>What the rows of queries took, as Table Storage counts it.</summary>
    public long Bytes => _bytes;

    /// <summary>Every call fails.</summary>
    public bool IsDown { get; set; }

    /// <summary>Counts from nothing again.</summary>
    public void Begin() => (_reads, _writes, _rows, _bytes) = (0, 0, 0, 0);

    public ValueTask<TableWriteResult> WriteAsync(string table, TableOperation operation, CancellationToken cancellationToken = default)
    {
        Count(ref _writes);
        return store.WriteAsync(table, operation, cancellationToken);
    }

    public ValueTask<TableTransactionResult> TransactAsync(string table, IReadOnlyList<TableOperation> operations, CancellationToken cancellationToken = default)
    {
        Count(ref _writes);
        return store.TransactAsync(table, operations, cancellationToken);
    }

    public ValueTask<TableEntity?> GetAsync(string table, string partitionKey, string rowKey, CancellationToken cancellationToken = default)
    {
        Count(ref _reads);
        Interlocked.Increment(ref _rows);
        return store.GetAsync(table, partitionKey, rowKey, cancellationToken);
    }

    public async ValueTask<TablePage> QueryPageAsync(string table, TableQuery query, string? continuation = null, CancellationToken cancellationToken = default)
    {
        Count(ref _reads);
        var page = await store.QueryPageAsync(table, query, continuation, cancellationToken);
        Interlocked.Add(ref _rows, page.Entities.Count);
        Interlocked.Add(ref _bytes, page.Entities.Sum(TableEntitySize.Stored));
        return page;
    }

    private void Count(ref int calls)
    {
        if (IsDown)
            throw new TableStoreUnavailableException("It is down.");
        Interlocked.Increment(ref calls);
    }
}
