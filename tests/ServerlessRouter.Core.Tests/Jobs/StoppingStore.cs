using ServerlessRouter.State;

namespace ServerlessRouter.Core.Tests.Jobs;

/// <summary>Lets the host stop while a write is under way: the write takes place, and then the token ends.</summary>
internal sealed class StoppingStore(ITableStore store, CancellationTokenSource stop) : ITableStore
{
    public bool StopsAtNextWrite { get; set; }

    public async ValueTask<TableWriteResult> WriteAsync(string table, TableOperation operation, CancellationToken cancellationToken = default) =>
        await StopAsync(await store.WriteAsync(table, operation, cancellationToken), cancellationToken);

    public async ValueTask<TableTransactionResult> TransactAsync(string table, IReadOnlyList<TableOperation> operations, CancellationToken cancellationToken = default) =>
        await StopAsync(await store.TransactAsync(table, operations, cancellationToken), cancellationToken);

    public ValueTask<TableEntity?> GetAsync(string table, string partitionKey, string rowKey, CancellationToken cancellationToken = default) =>
        store.GetAsync(table, partitionKey, rowKey, cancellationToken);

    public ValueTask<TablePage> QueryPageAsync(string table, TableQuery query, string? continuation = null, CancellationToken cancellationToken = default) =>
        store.QueryPageAsync(table, query, continuation, cancellationToken);

    private async ValueTask<T> StopAsync<T>(T answer, CancellationToken cancellationToken)
    {
        if (StopsAtNextWrite)
        {
            StopsAtNextWrite = false;
            await stop.CancelAsync();
            cancellationToken.ThrowIfCancellationRequested();
        }

        return answer;
    }
}
