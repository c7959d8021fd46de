using ServerlessRouter.State;

namespace ServerlessRouter.Core.Tests.Jobs;

/// <summary>A store as one process reaches it: once the process is dead, nothing it does ever ends.</summary>
internal sealed class DyingStore(ITableStore store) : ITableStore
{
    public ITableStore Inner => store;

    public bool IsDead { get; set; }

    public ValueTask<TableWriteResult> WriteAsync(string table, TableOperation operation, CancellationToken cancellationToken = default) =>
        IsDead ? Never<TableWriteResult>() : store.WriteAsync(table, operation, cancellationToken);

    public ValueTask<TableTransactionResult> TransactAsync(string table, IReadOnlyList<TableOperation> operations, CancellationToken cancellationToken = default) =>
        IsDead ? Never<TableTransactionResult>() : store.TransactAsync(table, operations, cancellationToken);

    public ValueTask<TableEntity?> GetAsync(string table, string partitionKey, string rowKey, CancellationToken cancellationToken = default) =>
        IsDead ? Never<TableEntity?>() : store.GetAsync(table, partitionKey, rowKey, cancellationToken);

    public ValueTask<TablePage> QueryPageAsync(string table, TableQuery query, string? continuation = null, CancellationToken cancellationToken = default) =>
        IsDead ? Never<TablePage>() : store.QueryPageAsync(table, query, continuation, cancellationToken);

    private static ValueTask<T> Never<T>() => new(new TaskCompletionSource<T>().Task);
}
