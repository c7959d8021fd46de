using Microsoft.Extensions.Logging;

namespace ServerlessRouter.State;

/// <summary>
/// A breaker and a deadline around the router's own storage: after several failures in a row calls are refused at once for a while, and then one at a time tries until
/// one succeeds. What it refuses is a <see cref="TableStoreUnavailableException"/>, like every other outage.
/// </summary>
public sealed partial class GuardedTableStore(ITableStore store, GuardedTableStoreOptions options, TimeProvider time, ILogger<GuardedTableStore> logger) : ITableStore
{
    private const long NotPaused = 0;

    private readonly long _pause = (long)(options.Validated().Pause.TotalSeconds * time.TimestampFrequency);
    private int _calls;
    private int _failuresInRow;
    private long _pausedUntil;
    private int _isTrying;

    /// <summary>Calls are refused for now.</summary>
    public bool IsPaused => Volatile.Read(ref _pausedUntil) != NotPaused;

    /// <inheritdoc/>
    public ValueTask<TableWriteResult> WriteAsync(string table, TableOperation operation, CancellationToken cancellationToken = default) =>
        CallAsync(static (store, call, token) => store.WriteAsync(call.table, call.operation, token), (table, operation), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<TableTransactionResult> TransactAsync(
        string table, IReadOnlyList<TableOperation> operations, CancellationToken cancellationToken = default) =>
        CallAsync(static (store, call, token) => store.TransactAsync(call.table, call.operations, token), (table, operations), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<TableEntity?> GetAsync(string table, string partitionKey, string rowKey, CancellationToken cancellationToken = default) =>
        CallAsync(
            static (store, call, token) => store.GetAsync(call.table, call.partitionKey, call.rowKey, token), (table, partitionKey, rowKey), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<TablePage> QueryPageAsync(
        string table, TableQuery query, string? continuation = null, CancellationToken cancellationToken = default) =>
        CallAsync(
            static (store, call, token) => store.QueryPageAsync(call.table, call.query, call.continuation, token), (table, query, continuation), cancellationToken);

    private async ValueTask<TAnswer> CallAsync<TCall, TAnswer>(
        Func<ITableStore, TCall, CancellationToken, ValueTask<TAnswer>> call, TCall arguments, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var isTrial = Enter();
        using var bound = new CancellationTokenSource(options.CallTimeout, time);
        using var registration = cancellationToken.UnsafeRegister(static bound => ((CancellationTokenSource)bound!).Cancel(), bound);
        try
        {
            var answer = await call(store, arguments, bound.Token).ConfigureAwait(false);
            Succeeded();
            return answer;
        }
        catch (TableStoreUnavailableException unavailable)
        {
            Failed(unavailable);
            throw;
        }
        catch (OperationCanceledException late) when (bound.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            var unavailable = new TableStoreUnavailableException($"The storage did not answer within {options.CallTimeout.TotalSeconds:0.#} s.", late);
            Failed(unavailable);
            throw unavailable;
        }
        finally
        {
            Interlocked.Decrement(ref _calls);
            if (isTrial)
                Volatile.Write(ref _isTrying, 0);
        }
    }

    /// <summary>Counts a call in, or refuses it. True when it is the one that tries while the others are refused.</summary>
    private bool Enter()
    {
        var pausedUntil = Volatile.Read(ref _pausedUntil);
        var isTrial = false;
        if (pausedUntil != NotPaused)
        {
            if (time.GetTimestamp() < pausedUntil || Interlocked.CompareExchange(ref _isTrying, 1, 0) != 0)
                throw new TableStoreUnavailableException($"The storage failed {options.FailuresInRow} times in a row and is left alone for a moment.");
            isTrial = true;
        }

        if (Interlocked.Increment(ref _calls) <= options.MaxCalls || isTrial)
            return isTrial;
        Interlocked.Decrement(ref _calls);
        throw new TableStoreUnavailableException($"The storage has {options.MaxCalls} calls under way and is given no more.");
    }

    private void Succeeded()
    {
        Volatile.Write(ref _failuresInRow, 0);
        if (Interlocked.Exchange(ref _pausedUntil, NotPaused) != NotPaused)
            LogBack();
    }

    private void Failed(Exception failure)
    {
        if (Interlocked.Increment(ref _failuresInRow) < options.FailuresInRow)
            return;
        if (Interlocked.Exchange(ref _pausedUntil, time.GetTimestamp() + _pause) == NotPaused)
            LogPaused(failure.Message, options.FailuresInRow, options.Pause.TotalSeconds);
    }

    [LoggerMessage(1, LogLevel.Warning, "The storage failed {Failures} times in a row; it is asked again every {PauseSeconds} s, and requests go on with what is known. {Reason}")]
    private partial void LogPaused(string reason, int failures, double pauseSeconds);

    [LoggerMessage(2, LogLevel.Information, "The storage answers again")]
    private partial void LogBack();
}
