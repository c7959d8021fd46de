using ServerlessRouter.Domain;
using ServerlessRouter.State;

namespace ServerlessRouter.Core.Tests.Recording.Usage;

/// <summary>A store whose calls get lost at random, half of them on the way there and half on the way back.</summary>
internal sealed class FickleStore(ITableStore store, IRandomSource random) : ITableStore
{
    /// <summary>Share of calls that are lost.</summary>
    public double LostShare { get; set; }

    /// <summary>Calls that still come through, after which none does; null for no end.</summary>
    public int? CallsLeft { get; set; }

    public int Lost { get; private set; }

    public ValueTask<TableWriteResult> WriteAsync(string table, TableOperation operation, CancellationToken cancellationToken = default) =>
        CallAsync(() => store.WriteAsync(table, operation, cancellationToken));

    public ValueTask<TableTransactionResult> TransactAsync(string table, IReadOnlyList<TableOperation> operations, CancellationToken cancellationToken = default) =>
        CallAsync(() => store.TransactAsync(table, operations, cancellationToken));

    public ValueTask<TableEntity?> GetAsync(string table, string partitionKey, string rowKey, CancellationToken cancellationToken = default) =>
        CallAsync(() => store.GetAsync(table, partitionKey, rowKey, cancellationToken));

    public ValueTask<TablePage> QueryPageAsync(string table, TableQuery query, string? continuation = null, CancellationToken cancellationToken = default) =>
        CallAsync(() => store.QueryPageAsync(table, query, continuation, cancellationToken));

    private async ValueTask<T> CallAsync<T>(Func<ValueTask<T>> call)
    {
        if (CallsLeft is 0 || random.NextDouble() < LostShare / 2)
            throw Lose();
        CallsLeft--;
        var answer = await call();
        return random.NextDouble() < LostShare / 2 ? throw Lose() : answer;
    }

    private TableStoreUnavailableException Lose()
    {
        Lost++;
        return new TableStoreUnavailableException("The call was lost.");
    }
}
