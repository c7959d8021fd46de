using ServerlessRouter.Domain;
using ServerlessRouter.State;

namespace ServerlessRouter.Core.Tests.Health.Shared;

/// <summary>A store that answers late, conflicts at random and goes down when a test says so.</summary>
internal sealed class RoughStore(ITableStore store, IRandomSource random) : ITableStore
{
    private TaskCompletionSource? _arrived;
    private TaskCompletionSource? _released;

    public bool IsDown { get; set; }

    /// <summary>Share of conditional writes that find the row written by another instance.</summary>
    public double ConflictShare { get; set; }

    public int Conflicts { get; private set; }

    /// <summary>Holds every write from now on; the task completes when the first has come.</summary>
    public Task HoldWrites()
    {
        _arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _released = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return _arrived.Task;
    }

    public void ReleaseWrites() => _released!.SetResult();

    public async ValueTask<TableWriteResult> WriteAsync(string table, TableOperation operation, CancellationToken cancellationToken = default)
    {
        _arrived?.TrySetResult();
        if (_released is { } released)
            await released.Task;
        await DelayAsync();
        if (operation.IfMatch is not null && random.NextDouble() < ConflictShare)
        {
            Conflicts++;
            await store.WriteAsync(table, TableOperation.UpdateMerge(new TableEntity(operation.PartitionKey, operation.RowKey), TableETag.Any), cancellationToken);
        }

        var result = await store.WriteAsync(table, operation, cancellationToken);
        await DelayAsync();
        return result;
    }

    public ValueTask<TableTransactionResult> TransactAsync(
        string table, IReadOnlyList<TableOperation> operations, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public async ValueTask<TableEntity?> GetAsync(string table, string partitionKey, string rowKey, CancellationToken cancellationToken = default)
    {
        await DelayAsync();
        return await store.GetAsync(table, partitionKey, rowKey, cancellationToken);
    }

    public async ValueTask<TablePage> QueryPageAsync(string table, TableQuery query, string? continuation = null, CancellationToken cancellationToken = default)
    {
        await DelayAsync();
        return await store.QueryPageAsync(table, query, continuation, cancellationToken);
    }

    private async Task DelayAsync()
    {
        for (var turns = random.Next(6); turns > 0; turns--)
            await Task.Yield();
        if (IsDown)
            throw new TableStoreUnavailableException("the test took it down");
    }
}
