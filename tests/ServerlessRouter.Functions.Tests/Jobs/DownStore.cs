using ServerlessRouter.State;

namespace ServerlessRouter.Functions.Tests.Jobs;

/// <summary>A store that cannot be reached.</summary>
internal sealed class DownStore : ITableStore
{
    public ValueTask<TableWriteResult> WriteAsync(string table, TableOperation operation, CancellationToken cancellationToken = default) => throw Down();

    public ValueTask<TableTransactionResult> TransactAsync(string table, IReadOnlyList<TableOperation> operations, CancellationToken cancellationToken = default) => throw Down();

    public ValueTask<TableEntity?> GetAsync(string table, string partitionKey, string rowKey, CancellationToken cancellationToken = default) => throw Down();

    public ValueTask<TablePage> QueryPageAsync(string table, TableQuery query, string? continuation = null, CancellationToken cancellationToken = default) => throw Down();

    private static TableStoreUnavailableException Down() => new("down");
}
