using ServerlessRouter.Configuration;
using ServerlessRouter.Governance;
using Xunit;
using static ServerlessRouter.Core.Tests.Governance.Leases.LimitWorld;

namespace ServerlessRouter.Core.Tests.Governance.Leases;

/// <summary>Clocks that are set, or that differ: each instance counts in the window that its own clock tells, and what it counts stays there.</summary>
public sealed class LeaseClockTests
{
    private readonly LimitWorld _world = new();

    [Theory, InlineData(60), InlineData(-60)]
    public async Task SetByAnHour_TheHourIsAnother_AndComingBackFindsWhatWasUsed(int minutes)
    {
        var clock = new ShiftedTimeProvider(_world.Time);
        var one = await _world.StartAsync("one", clock);
        var (hour, day) = (Requests(10, LimitWindow.Hour), Requests(40, LimitWindow.Day));
        Assert.Equal(10, await one.RequestsAsync(hour, 12));
        await one.RequestsAsync(day, 12);

        clock.Shift = TimeSpan.FromMinutes(minutes);
        Assert.Equal(10, await one.RequestsAsync(hour, 12));
        Assert.Equal(28, await one.RequestsAsync(day, 40));
        await _world.PassAsync(TimeSpan.FromSeconds(4), one);
        clock.Shift = TimeSpan.Zero;

        Assert.Equal(LimitRefusalReason.UsedUp, await one.RequestAsync(hour));
        await _world.PassAsync(TimeSpan.FromMinutes(1), one);
        await one.Limits.DisposeAsync();
        Assert.Equal([10, 10, 40], (await _world.TotalsAsync()).Select(static total => total.Settled).Order());
    }

    /// <summary>Leases are timed by stopwatches: an instance that lives is never taken for dead, nor its rows for old.</summary>
    [Theory, InlineData(60), InlineData(-60)]
    public async Task AnotherInstanceIsAnHourOff_TakesNothingAway(int minutes)
    {
        var one = await _world.StartAsync("one");
        var other = await _world.StartAsync("other", new ShiftedTimeProvider(_world.Time) { Shift = TimeSpan.FromMinutes(minutes) });
        var limit = Requests(1000, LimitWindow.Hour);
        await one.RequestsAsync(limit, 20);
        var held = await one.ReserveAsync(AtOnce(4));
        await _world.PassAsync(TimeSpan.FromMinutes(11), one, other);

        Assert.Equal(20, (await one.Limits.ReadAsync(Key, limit)).Used);
        Assert.Equal(1, (await other.Limits.ReadAsync(Key, AtOnce(4))).Pending);
        held.Reservation!.Settle([1]);
        await one.RequestsAsync(limit, 20);
        Assert.Equal(40, (await one.Limits.ReadAsync(Key, limit)).Used);
    }

    /// <summary>At the turn of a minute the slower instance still counts in the old one; each window holds its own limit.</summary>
    [Fact]
    public async Task ClocksDifferBySeconds_EachWindowHoldsItsLimit()
    {
        var one = await _world.StartAsync("one");
        var other = await _world.StartAsync("other", new ShiftedTimeProvider(_world.Time) { Shift = TimeSpan.FromSeconds(-3) });
        await _world.PassAsync(TimeSpan.FromSeconds(10), one, other);
        var passed = 0;
        for (var second = 0; second < 120; second++)
        {
            passed += await one.RequestsAsync(Requests(60), 2);
            passed += await other.RequestsAsync(Requests(60), 2);
            await _world.PassAsync(TimeSpan.FromSeconds(1));
            await one.Limits.RenewAsync(CancellationToken.None);
            await other.Limits.RenewAsync(CancellationToken.None);
        }

        await _world.PassAsync(TimeSpan.FromMinutes(2), one, other);
        var totals = await _world.TotalsAsync();
        Assert.Equal(passed, totals.Sum(static total => total.Settled));
        Assert.All(totals, static total => Assert.InRange(total.Settled, 0, 60 + 4));
    }
}
