namespace ServerlessRouter.Dispatch;

/// <summary>One attempt's token: fires when the caller leaves and when the time allowed is over.</summary>
internal sealed class AttemptGuard : CancellationTokenSource
{
    private readonly CancellationTokenRegistration _caller;

    public AttemptGuard(TimeSpan within, TimeProvider time, CancellationToken caller)
        : base(within > TimeSpan.Zero ? within : TimeSpan.FromTicks(1), time)
    {
        Caller = caller;
        _caller = caller.UnsafeRegister(static guard => ((AttemptGuard)guard!).Cancel(), this);
    }

    /// <summary>The caller's own token.</summary>
    public CancellationToken Caller { get; }

    /// <summary>The time allowed is over, or the caller has left.</summary>
    public bool HasFired => IsCancellationRequested;

    /// <summary>Allows this much from now on.</summary>
    public void Allow(TimeSpan within) => CancelAfter(within);

    /// <summary>Stops the clock: what happens now is not the upstream's time.</summary>
    public void Rest() => CancelAfter(Timeout.InfiniteTimeSpan);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _caller.Dispose();
        base.Dispose(disposing);
    }
}
