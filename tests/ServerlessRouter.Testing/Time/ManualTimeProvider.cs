namespace ServerlessRouter.Testing.Time;

/// <summary>A clock that stands still until a test moves it; due timers fire in order, on the thread that moves it.</summary>
public sealed class ManualTimeProvider(DateTimeOffset start) : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<ManualTimer> _armed = [];
    private readonly List<(Func<bool> IsMet, TaskCompletionSource Met)> _waiting = [];
    private DateTimeOffset _now = start;
    private long _armings;

    public ManualTimeProvider() : this(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero))
    {
    }

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>How many timers are armed.</summary>
    public int ArmedTimers
    {
        get
        {
            lock (_lock)
                return _armed.Count;
        }
    }

    /// <summary>How long until the first armed timer is due; null when none is armed.</summary>
    public TimeSpan? FirstDueIn
    {
        get
        {
            lock (_lock)
                return _armed.Count == 0 ? null : _armed.Min(static timer => timer.DueAt) - _now;
        }
    }

    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock)
            return _now;
    }

    public override long GetTimestamp() => GetUtcNow().Ticks;

    /// <summary>Moves the clock; each timer sees the time it was due at, and one armed by a callback fires too if it is due on the way.</summary>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        var until = GetUtcNow() + by;
        FireDue(until);
        lock (_lock)
        {
            if (_now < until)
                _now = until;
        }
    }

    /// <summary>Waits as <c>Task.Delay</c> does, and goes on inside the call that ends the wait, a cancellation too: once that call has returned, what waited has run on.</summary>
    /// <remarks><c>Task.Delay</c> goes on elsewhere once it is cancelled, and the driver of the clock would move it meanwhile.</remarks>
    public async Task DelayAsync(TimeSpan by, CancellationToken cancellationToken)
    {
        var ended = new TaskCompletionSource();
        using var timer = CreateTimer(static ended => ((TaskCompletionSource)ended!).TrySetResult(), ended, by, Timeout.InfiniteTimeSpan);
        using var cancelled = cancellationToken.UnsafeRegister(static (ended, token) => ((TaskCompletionSource)ended!).TrySetCanceled(token), ended);
        await ended.Task.ConfigureAwait(false);
    }

    /// <summary>Begins something and runs it to its end while time jumps from timer to timer.</summary>
    /// <remarks>
    /// Both on one thread, away from the test's synchronization context: what a timer wakes has run before time moves again, as long as all that waits goes on where it is woken
    /// (<see cref="DelayAsync"/>). What goes on elsewhere is overtaken by time at once, not only on a busy machine.
    /// </remarks>
    public Task<T> RunThroughAsync<T>(Func<Task<T>> begin, string what) => Task.Run(async () =>
    {
        var running = begin();
        await Patience.DriveAsync(running, () => Advance(FirstDueIn ?? TimeSpan.Zero), () => what);
        return await running;
    });

    /// <inheritdoc cref="RunThroughAsync{T}"/>
    public Task RunThroughAsync(Func<Task> begin, string what) => RunThroughAsync<object?>(async () =>
    {
        await begin();
        return null;
    }, what);

    /// <summary>Waits, in real time, until the code under test has armed <paramref name="count"/> timers.</summary>
    public Task WaitForTimersAsync(int count = 1) =>
        WaitUntilAsync(() => _armed.Count >= count, () => $"{count} armed timers; {Describe()}");

    /// <summary>Waits, in real time, until the code under test has armed a timer that is due in exactly <paramref name="due"/>.</summary>
    public Task WaitForTimerDueInAsync(TimeSpan due) => WaitForTimersDueInAsync(due, 1);

    /// <summary>Waits, in real time, until so many timers are armed that are due in exactly <paramref name="due"/>.</summary>
    public Task WaitForTimersDueInAsync(TimeSpan due, int count) =>
        WaitUntilAsync(() => _armed.Count(timer => timer.DueAt == _now + due) >= count, () => $"{count} timers due in {due}; {Describe()}");

    /// <summary>How many armed timers are due in exactly <paramref name="due"/>.</summary>
    public int TimersDueIn(TimeSpan due)
    {
        lock (_lock)
            return _armed.Count(timer => timer.DueAt == _now + due);
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, callback, state);
        Change(timer, dueTime, period);
        return timer;
    }

    internal bool Change(ManualTimer timer, TimeSpan dueTime, TimeSpan period)
    {
        ThrowUnlessTimerSpan(dueTime, nameof(dueTime));
        ThrowUnlessTimerSpan(period, nameof(period));
        DateTimeOffset now;
        lock (_lock)
        {
            if (timer.IsDisposed)
                return false;
            _armed.Remove(timer);
            timer.Period = period == Timeout.InfiniteTimeSpan ? TimeSpan.Zero : period;
            timer.DueAt = dueTime == Timeout.InfiniteTimeSpan ? null : _now + dueTime;
            if (timer.DueAt is not null)
                Arm(timer);
            now = _now;
        }
        FireDue(now);
        return true;
    }

    internal void Remove(ManualTimer timer)
    {
        lock (_lock)
        {
            timer.IsDisposed = true;
            timer.DueAt = null;
            _armed.Remove(timer);
        }
    }

    private static void ThrowUnlessTimerSpan(TimeSpan span, string name)
    {
        if (span < TimeSpan.Zero && span != Timeout.InfiniteTimeSpan)
            throw new ArgumentOutOfRangeException(name, span, "A timer takes a span of zero or more, or Timeout.InfiniteTimeSpan.");
    }

    private void FireDue(DateTimeOffset until)
    {
        while (TakeNextDue(until) is { } timer)
            timer.Fire();
    }

    private ManualTimer? TakeNextDue(DateTimeOffset until)
    {
        lock (_lock)
        {
            ManualTimer? next = null;
            foreach (var timer in _armed)
            {
                if (timer.DueAt <= until && (next is null || IsBefore(timer, next)))
                    next = timer;
            }
            if (next is null)
                return null;
            _armed.Remove(next);
            var due = next.DueAt!.Value;
            if (_now < due)
                _now = due;
            next.DueAt = next.Period > TimeSpan.Zero ? due + next.Period : null;
            if (next.DueAt is not null)
                Arm(next);
            return next;
        }
    }

    private static bool IsBefore(ManualTimer left, ManualTimer right) =>
        left.DueAt < right.DueAt || (left.DueAt == right.DueAt && left.ArmedAs < right.ArmedAs);

    private void Arm(ManualTimer timer)
    {
        timer.ArmedAs = _armings++;
        _armed.Add(timer);
        for (var i = _waiting.Count - 1; i >= 0; i--)
        {
            if (!_waiting[i].IsMet())
                continue;
            _waiting[i].Met.SetResult();
            _waiting.RemoveAt(i);
        }
    }

    private Task WaitUntilAsync(Func<bool> isMet, Func<string> describe)
    {
        TaskCompletionSource met;
        lock (_lock)
        {
            if (isMet())
                return Task.CompletedTask;
            met = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((isMet, met));
        }
        return Patience.WaitAsync(met.Task, describe);
    }

    private string Describe()
    {
        lock (_lock)
            return _armed.Count == 0 ? "none is armed" : $"armed are those due in {string.Join(", ", _armed.Select(timer => timer.DueAt - _now))}";
    }
}
