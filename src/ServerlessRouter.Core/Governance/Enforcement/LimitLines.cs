namespace ServerlessRouter.Governance.Enforcement;

/// <summary>
/// Lines of requests that wait for a limit, one for each subject and limit, first come first served: the first of a line looks again whenever something of the limit comes back,
/// its window ends, or a second has passed; the others wait for their turn. Bounded in length, each in line and all together.
/// </summary>
internal sealed class LimitLines(TimeProvider time)
{
    /// <summary>Requests that may wait for one limit of one subject.</summary>
    public const int MaxInLine = 100;

    /// <summary>Requests that may wait in all lines.</summary>
    public const int MaxWaiting = 2000;

    private static readonly TimeSpan MinPause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<(LimitSubject, string), LimitLine> _lines = [];
    private int _waiting;

    /// <summary>Something waits; false for nearly every request.</summary>
    public bool HasWaiting => Volatile.Read(ref _waiting) != 0;

    /// <summary>Whether others wait for this limit.</summary>
    public bool Has(in Claim claim)
    {
        lock (_lock)
            return _lines.ContainsKey((claim.Subject, claim.Limit.Name));
    }

    /// <summary>Waits for a reservation; answers with the last refusal where none came in time, and at once where the line is full.</summary>
    public async ValueTask<ClaimOutcome> WaitAsync(LimitLineOrder order, Func<ValueTask<ClaimOutcome>> reserve, CancellationToken cancellationToken)
    {
        if (Enter(order) is not { } line)
            return await reserve().ConfigureAwait(false);
        try
        {
            using var bound = new CancellationTokenSource(order.Patience, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(bound.Token, cancellationToken);
            try
            {
                await line.Turn.WaitAsync(either.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return await reserve().ConfigureAwait(false);
            }

            try
            {
                return await LookAgainAsync(line, order.Patience, reserve, bound.Token, cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                line.Turn.Release();
            }
        }
        finally
        {
            Leave(order, line);
        }
    }

    /// <summary>Something of these limits has come back.</summary>
    public void Signal(ReadOnlySpan<Claim> claims)
    {
        if (!HasWaiting)
            return;
        lock (_lock)
        {
            foreach (var claim in claims)
            {
                if (_lines.TryGetValue((claim.Subject, claim.Limit.Name), out var line))
                    line.Signal();
            }
        }
    }

    private async ValueTask<ClaimOutcome> LookAgainAsync(LimitLine line, TimeSpan patience, Func<ValueTask<ClaimOutcome>> reserve, CancellationToken bound, CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var changed = line.Changed;
            var outcome = await reserve().ConfigureAwait(false);
            if (outcome.Refusal is not { } refusal || bound.IsCancellationRequested || LimitWords.IsForGood(refusal) || refusal.Reason == LimitRefusalReason.StoreUnavailable)
                return outcome;
            var wait = LimitWords.WaitOf(refusal, time.GetUtcNow());
            if (wait > patience)
                return outcome;
            var pause = wait < MinPause ? MinPause : wait > MaxPause ? MaxPause : wait;
            using var waiting = CancellationTokenSource.CreateLinkedTokenSource(bound, cancellationToken);
            await Task.WhenAny(changed, Task.Delay(pause, time, waiting.Token)).ConfigureAwait(false);
            await waiting.CancelAsync().ConfigureAwait(false);
        }
    }

    private LimitLine? Enter(LimitLineOrder order)
    {
        lock (_lock)
        {
            var line = _lines.GetValueOrDefault((order.Subject, order.Limit));
            if (_waiting >= MaxWaiting || line?.Length >= MaxInLine)
                return null;
            if (line is null)
                _lines[(order.Subject, order.Limit)] = line = new LimitLine();
            line.Length++;
            _waiting++;
            return line;
        }
    }

    private void Leave(LimitLineOrder order, LimitLine line)
    {
        lock (_lock)
        {
            _waiting--;
            if (--line.Length == 0)
                _lines.Remove((order.Subject, order.Limit));
        }
    }
}

/// <summary>A request's wish to wait.</summary>
/// <param name="Subject">Whose count it waits for.</param>
/// <param name="Limit">The limit's name.</param>
/// <param name="Patience">How long.</param>
internal sealed record LimitLineOrder(LimitSubject Subject, string Limit, TimeSpan Patience);

/// <summary>Those that wait for one limit of one subject.</summary>
internal sealed class LimitLine
{
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Held by the first.</summary>
    public SemaphoreSlim Turn { get; } = new(1, 1);

    /// <summary>How many wait; under the lock of all lines.</summary>
    public int Length { get; set; }

    /// <summary>Ends when something has come back since it was read.</summary>
    public Task Changed => Volatile.Read(ref _changed).Task;

    public void Signal() => Interlocked.Exchange(ref _changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
}
