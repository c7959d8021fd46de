using ServerlessRouter.State;

namespace ServerlessRouter.Core.Tests.State;

/// <summary>A store in front of which a test decides what happens to each call.</summary>
internal sealed class ScriptedStore(ITableStore store) : ITableStore
{
    private int _calls;

    /// <summary>How many calls came.</summary>
    public int Calls => Volatile.Read(ref _calls);

    /// <summary>What happens before the store behind answers; nothing when null.</summary>
    public Func<CancellationToken, Task>? Answer { get; set; }

    public async ValueTask<TableWriteResult> WriteAsync(string table, TableOperation operation, CancellationToken cancellationToken = default)
    {
        await BeforeAsync(cancellationToken);
        return await store.WriteAsync(table, operation, cancellationToken);
    }

    public async ValueTask<TableTransactionResult> TransactAsync(
        string table, IReadOnlyList<TableOperation> operations, CancellationToken cancellationToken = default)
    {
        await BeforeAsync(cancellationToken);
        return await store.TransactAsync(table, operations, cancellationToken);
    }

    public async ValueTask<TableEntity?> GetAsync(string table, string partitionKey, string rowKey, CancellationToken cancellationToken = default)
    {
        await BeforeAsync(cancellationToken);
        return await store.GetAsync(table, partitionKey, rowKey, cancellationToken);
    }

    public async ValueTask<TablePage> QueryPageAsync(string table, TableQuery query, string? continuation = null, CancellationToken cancellationToken = default)
    {
        await BeforeAsync(cancellationToken);
        return await store.QueryPageAsync(table, query, continuation, cancellationToken);
    }

    private Task BeforeAsync(CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _calls);
        return Answer?.Invoke(cancellationToken) ?? Task.CompletedTask;
    }
}
