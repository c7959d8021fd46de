namespace ServerlessRouter.Testing.Time;

internal sealed class ManualTimer(ManualTimeProvider owner, TimerCallback callback, object? state) : ITimer
{
    /// <summary>Null while the timer is not armed.</summary>
    public DateTimeOffset? DueAt { get; set; }

    public TimeSpan Period { get; set; }

    /// <summary>Breaks ties: of two timers due together the one armed first fires first.</summary>
    public long ArmedAs { get; set; }

    public bool IsDisposed { get; set; }

    public void Fire() => callback(state);

    public bool Change(TimeSpan dueTime, TimeSpan period) => owner.Change(this, dueTime, period);

    public void Dispose() => owner.Remove(this);

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }
}
