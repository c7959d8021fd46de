using ServerlessRouter.Testing.Time;
using Xunit;

namespace ServerlessRouter.Core.Tests.Testing;

public class ManualTimeProviderTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void Advance_Anything_MovesClockAndTimestampAlike()
    {
        var (clock, stamp) = (_time.GetUtcNow(), _time.GetTimestamp());

        _time.Advance(5 * Second);

        Assert.Equal(5 * Second, _time.GetUtcNow() - clock);
        Assert.Equal(5 * Second, _time.GetElapsedTime(stamp));
    }

    [Fact]
    public void Advance_SeveralTimersDue_FiresInOrderEachAtItsTime()
    {
        var start = _time.GetUtcNow();
        var fired = new List<(string Name, TimeSpan At)>();
        using var late = Timer("late", 3);
        using var early = Timer("early", 1);
        using var alsoLate = Timer("also late", 3);
        using var notYet = Timer("not yet", 11);

        _time.Advance(10 * Second);

        Assert.Equal([("early", 1 * Second), ("late", 3 * Second), ("also late", 3 * Second)], fired);
        Assert.Equal(1, _time.ArmedTimers);

        ITimer Timer(string name, int seconds) =>
            _time.CreateTimer(_ => fired.Add((name, _time.GetUtcNow() - start)), null, seconds * Second, Timeout.InfiniteTimeSpan);
    }

    [Fact]
    public void Advance_PeriodicTimer_FiresEveryPeriodUntilDisposed()
    {
        var fired = 0;
        var timer = _time.CreateTimer(_ => fired++, null, Second, 2 * Second);

        _time.Advance(6 * Second);
        Assert.Equal(3, fired);
        timer.Dispose();
        _time.Advance(6 * Second);

        Assert.Equal(3, fired);
        Assert.False(timer.Change(Second, Second));
    }

    [Fact]
    public void Change_InsideTheCallback_RearmsWithinTheSameAdvance()
    {
        var fired = 0;
        ITimer? timer = null;
        timer = _time.CreateTimer(_ =>
        {
            if (++fired < 3)
                timer!.Change(Second, Timeout.InfiniteTimeSpan);
        }, null, Second, Timeout.InfiniteTimeSpan);

        _time.Advance(10 * Second);

        Assert.Equal(3, fired);
        Assert.Equal(0, _time.ArmedTimers);
    }

    [Fact]
    public void Dispose_InsideTheCallback_EndsAPeriodicTimer()
    {
        var fired = 0;
        ITimer? timer = null;
        timer = _time.CreateTimer(_ =>
        {
            fired++;
            timer!.Dispose();
        }, null, Second, Second);

        _time.Advance(10 * Second);

        Assert.Equal(1, fired);
    }

    [Fact]
    public void Change_InfiniteDueTime_Disarms()
    {
        var fired = false;
        using var timer = _time.CreateTimer(_ => fired = true, null, Second, Second);

        Assert.True(timer.Change(Timeout.InfiniteTimeSpan, Second));
        _time.Advance(10 * Second);

        Assert.False(fired);
    }

    [Fact]
    public async Task WaitForTimerDueIn_DelayInOtherCode_IsSeenAndCompletesOnAdvance()
    {
        var delaying = Task.Run(() => Task.Delay(7 * Second, _time));

        await _time.WaitForTimerDueInAsync(7 * Second);
        Assert.False(delaying.IsCompleted);
        _time.Advance(7 * Second);

        await delaying;
    }

    [Fact]
    public void CancellationTokenSource_OnThisTime_CancelsWhenDue()
    {
        using var source = new CancellationTokenSource(Second, _time);

        _time.Advance(Second - TimeSpan.FromTicks(1));
        Assert.False(source.IsCancellationRequested);
        _time.Advance(TimeSpan.FromTicks(1));

        Assert.True(source.IsCancellationRequested);
    }
}
