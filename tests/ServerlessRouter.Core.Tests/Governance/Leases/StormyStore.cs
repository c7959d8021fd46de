using ServerlessRouter.Domain;
using ServerlessRouter.State;
using ServerlessRouter.Testing.Time;

namespace ServerlessRouter.Core.Tests.Governance.Leases;

/// <summary>One instance's way to the store: late, lossy both ways, and down when a test says so. All of it on the thread that moves the clock.</summary>
internal sealed class StormyStore(ITableStore store, ManualTimeProvider time, IRandomSource random) : ITableStore
{
    /// <summary>The longest that one way usually takes.</summary>
    public TimeSpan MaxDelay { get; set; }

    /// <summary>Share of calls that are lost, half of them on the way there and half on the way back.</summary>
    public double LostShare { get; set; }

    /// <summary>Share of calls whose way there takes a hundred times as long.</summary>
    public double LateShare { get; set; }

    public bool IsDown { get; set; }

    /// <summary>How many calls came.</summary>
    public int Calls { get; private set; }

    public int Transactions { get; private set; }

    public int Conflicts { get; private set; }

    public ValueTask<TableWriteResult> WriteAsync(string table, TableOperation operation, CancellationToken cancellationToken = default) =>
        CallAsync(() => store.WriteAsync(table, operation, CancellationToken.None), cancellationToken);

    public async ValueTask<TableTransactionResult> TransactAsync(string table, IReadOnlyList<TableOperation> operations, CancellationToken cancellationToken = default)
    {
        Transactions++;
        var result = await CallAsync(() => store.TransactAsync(table, operations, CancellationToken.None), cancellationToken).ConfigureAwait(false);
        if (!result.IsDone)
            Conflicts++;
        return result;
    }

    public ValueTask<TableEntity?> GetAsync(string table, string partitionKey, string rowKey, CancellationToken cancellationToken = default) =>
        CallAsync(() => store.GetAsync(table, partitionKey, rowKey, CancellationToken.None), cancellationToken);

    public ValueTask<TablePage> QueryPageAsync(string table, TableQuery query, string? continuation = null, CancellationToken cancellationToken = default) =>
        CallAsync(() => store.QueryPageAsync(table, query, continuation, CancellationToken.None), cancellationToken);

    private async ValueTask<T> CallAsync<T>(Func<ValueTask<T>> call, CancellationToken cancellationToken)
    {
        Calls++;
        var isLost = random.NextDouble() < LostShare;
        var isLostThere = isLost && random.NextDouble() < 0.5;
        if (IsDown || isLostThere)
        {
            await DelayAsync(1, cancellationToken).ConfigureAwait(false);
            throw new TableStoreUnavailableException("The call was lost.");
        }

        // A call that its caller gave up may arrive all the same.
        var arrival = ArriveAsync(call, random.NextDouble() < LateShare ? 100 : 1);
        var answer = await AnswerAsync(arrival, cancellationToken).ConfigureAwait(false);
        await DelayAsync(1, cancellationToken).ConfigureAwait(false);
        return isLost ? throw new TableStoreUnavailableException("The answer was lost.") : answer;
    }

    private static async Task<T> AnswerAsync<T>(Task<T> arrival, CancellationToken cancellationToken)
    {
        var answer = new TaskCompletionSource<T>();
        using var given = cancellationToken.UnsafeRegister(static (answer, token) => ((TaskCompletionSource<T>)answer!).TrySetCanceled(token), answer);
        _ = ForwardAsync(arrival, answer);
        return await answer.Task.ConfigureAwait(false);
    }

    private static async Task ForwardAsync<T>(Task<T> arrival, TaskCompletionSource<T> answer)
    {
        try
        {
            answer.TrySetResult(await arrival.ConfigureAwait(false));
        }
        catch (Exception failure)
        {
            answer.TrySetException(failure);
        }
    }

    private async Task<T> ArriveAsync<T>(Func<ValueTask<T>> call, int slowness)
    {
        await DelayAsync(slowness, CancellationToken.None).ConfigureAwait(false);
        return await call().ConfigureAwait(false);
    }

    private Task DelayAsync(int slowness, CancellationToken cancellationToken) => MaxDelay == TimeSpan.Zero
        ? Task.CompletedTask
        : time.DelayAsync(slowness * random.NextDouble() * MaxDelay, cancellationToken);
}
