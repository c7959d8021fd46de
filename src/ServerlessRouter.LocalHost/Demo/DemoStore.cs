using ServerlessRouter.State;

namespace ServerlessRouter.LocalHost.Demo;

/// <summary>The store of the day that passes, and whether something is under way in it: the clock does not jump meanwhile.</summary>
internal sealed class DemoStore(ITableStore store) : ITableStore
{
    private int _underWay;

    /// <summary>Something is being read or written.</summary>
    public bool IsBusy => Volatile.Read(ref _underWay) > 0;

    public ValueTask<TableWriteResult> WriteAsync(string table, TableOperation operation, CancellationToken cancellationToken = default) =>
        CountAsync(store.WriteAsync(table, operation, cancellationToken));

    public ValueTask<TableTransactionResult> TransactAsync(string table, IReadOnlyList<TableOperation> operations, CancellationToken cancellationToken = default) =>
        CountAsync(store.TransactAsync(table, operations, cancellationToken));

    public ValueTask<TableEntity?> GetAsync(string table, string partitionKey, string rowKey, CancellationToken cancellationToken = default) =>
        CountAsync(store.GetAsync(table, partitionKey, rowKey, cancellationToken));

    public ValueTask<TablePage> QueryPageAsync(string table, TableQuery query, string? continuation = null, CancellationToken cancellationToken = default) =>
        CountAsync(store.QueryPageAsync(table, query, continuation, cancellationToken));

    private async ValueTask<T> CountAsync<T>(ValueTask<T> operation)
    {
        Interlocked.Increment(ref _underWay);
        try
        {
            return await operation.ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _underWay);
        }
    }
}
