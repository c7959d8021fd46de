namespace ServerlessRouter.Dispatch;

/// <summary>One attempt's token: fires when the caller leaves and when the time allowed is over.</summary>
internal sealed class AttemptGuard : IDisposable
{
    private readonly CancellationTokenSource _source;
    private readonly CancellationTokenRegistration _caller;

    public AttemptGuard(TimeSpan within, TimeProvider time, CancellationToken caller)
    {
        _source = new CancellationTokenSource(within > TimeSpan.Zero ? within : TimeSpan.FromTicks(1), time);
        Caller = caller;
        _caller = caller.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), _source);
    }

    /// <summary>What the call is made under.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>The caller's own token.</summary>
    public CancellationToken Caller { get; }

    /// <summary>The time allowed is over, or the caller has left.</summary>
    public bool HasFired => _source.IsCancellationRequested;

    /// <summary>Allows this much from now on.</summary>
    public void Allow(TimeSpan within) => _source.CancelAfter(within);

    /// <summary>Stops the clock: what happens now is not the upstream's time.</summary>
    public void Rest() => _source.CancelAfter(Timeout.InfiniteTimeSpan);

    /// <summary>Ends the call as if the caller had left.</summary>
    public void Cancel() => _source.Cancel();

    public void Dispose()
    {
        _caller.Dispose();
        _source.Dispose();
    }
}
