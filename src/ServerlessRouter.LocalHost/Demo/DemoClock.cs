namespace ServerlessRouter.LocalHost.Demo;

/// <summary>
/// A clock that jumps from one timer to the next, so that a day passes in seconds, and runs as every clock does between the jumps, so that what the router itself takes is measured and not made up.
/// One thread moves it, and what a timer wakes goes on there.
/// </summary>
internal sealed class DemoClock(DateTimeOffset start) : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly PriorityQueue<(DemoTimer Timer, long Arming), (DateTimeOffset DueAt, long Arming)> _armed = new();
    private DateTimeOffset _jumpedTo = start;
    private long _jumpedAt = TimeProvider.System.GetTimestamp();
    private long _armings;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>How long until the first timer is due; null where none is armed.</summary>
    public TimeSpan? FirstDueIn
    {
        get
        {
            lock (_lock)
            {
                DropStale();
                return _armed.TryPeek(out _, out var first) ? first.DueAt - Now : null;
            }
        }
    }

    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock)
            return Now;
    }

    public override long GetTimestamp() => GetUtcNow().UtcTicks;

    /// <summary>Moves to a time, and fires what is due on the way.</summary>
    public void AdvanceTo(DateTimeOffset time)
    {
        while (TryFire(time))
        {
        }

        lock (_lock)
            JumpTo(time);
    }

    /// <summary>Moves to the next timer and fires it; false where none is armed.</summary>
    public bool TryFireNext() => TryFire(DateTimeOffset.MaxValue);

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new DemoTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private bool TryFire(DateTimeOffset until)
    {
        DemoTimer due;
        lock (_lock)
        {
            DropStale();
            if (!_armed.TryPeek(out var first, out var priority) || priority.DueAt > until)
                return false;
            _armed.Dequeue();
            due = first.Timer;
            JumpTo(priority.DueAt);
            if (due.Period > TimeSpan.Zero)
                Arm(due, due.Period);
            else
                due.Arming = 0;
        }

        due.Fire();
        return true;
    }

    private DateTimeOffset Now => _jumpedTo + TimeProvider.System.GetElapsedTime(_jumpedAt);

    private void JumpTo(DateTimeOffset time)
    {
        if (Now < time)
            (_jumpedTo, _jumpedAt) = (time, TimeProvider.System.GetTimestamp());
    }

    private void DropStale()
    {
        while (_armed.TryPeek(out var stale, out _) && stale.Arming != stale.Timer.Arming)
            _armed.Dequeue();
    }

    private void Arm(DemoTimer timer, TimeSpan dueTime)
    {
        timer.Arming = ++_armings;
        _armed.Enqueue((timer, timer.Arming), (Now + dueTime, timer.Arming));
    }

    /// <summary>One of its timers; what was armed before counts no more once it is armed anew.</summary>
    private sealed class DemoTimer(DemoClock clock, TimerCallback callback, object? state) : ITimer
    {
        /// <summary>0 while it is not armed.</summary>
        public long Arming { get; set; }

        public TimeSpan Period { get; private set; }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock._lock)
            {
                Period = period == Timeout.InfiniteTimeSpan ? TimeSpan.Zero : period;
                if (dueTime == Timeout.InfiniteTimeSpan)
                    Arming = 0;
                else
                    clock.Arm(this, dueTime);
            }

            return true;
        }

        public void Dispose() => Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
