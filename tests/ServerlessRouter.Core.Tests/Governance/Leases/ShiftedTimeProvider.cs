namespace ServerlessRouter.Core.Tests.Governance.Leases;

/// <summary>A clock whose hands stand elsewhere; its stopwatch and its timers are those of the other.</summary>
internal sealed class ShiftedTimeProvider(TimeProvider time) : TimeProvider
{
    public TimeSpan Shift { get; set; }

    public override long TimestampFrequency => time.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => time.GetUtcNow() + Shift;

    public override long GetTimestamp() => time.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => time.CreateTimer(callback, state, dueTime, period);
}
