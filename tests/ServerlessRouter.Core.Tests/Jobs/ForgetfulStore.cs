using ServerlessRouter.State;

namespace ServerlessRouter.Core.Tests.Jobs;

/// <summary>Carries out writes and now and then loses the answer on the way.</summary>
internal sealed class ForgetfulStore(ITableStore store) : ITableStore
{
    private int _writes;

    /// <summary>0 is never.</summary>
    public int ForgetsEvery { get; set; }

    public int Forgotten { get; private set; }

    public async ValueTask<TableWriteResult> WriteAsync(string table, TableOperation operation, CancellationToken cancellationToken = default) =>
        Lose(await store.WriteAsync(table, operation, cancellationToken));

    public async ValueTask<TableTransactionResult> TransactAsync(string table, IReadOnlyList<TableOperation> operations, CancellationToken cancellationToken = default) =>
        Lose(await store.TransactAsync(table, operations, cancellationToken));

    public ValueTask<TableEntity?> GetAsync(string table, string partitionKey, string rowKey, CancellationToken cancellationToken = default) =>
        store.GetAsync(table, partitionKey, rowKey, cancellationToken);

    public ValueTask<TablePage> QueryPageAsync(string table, TableQuery query, string? continuation = null, CancellationToken cancellationToken = default) =>
        store.QueryPageAsync(table, query, continuation, cancellationToken);

    private T Lose<T>(T answer)
    {
        if (ForgetsEvery == 0 || ++_writes % ForgetsEvery != 0)
            return answer;
        Forgotten++;
        throw new TableStoreUnavailableException("The answer was lost.");
    }
}
