using ServerlessRouter.Configuration;
using ServerlessRouter.Governance;
using Xunit;
using static ServerlessRouter.Core.Tests.Governance.Leases.LimitWorld;

namespace ServerlessRouter.Core.Tests.Governance.Leases;

/// <summary>What one instance lets through: limits one by one, several at once, windows that end.</summary>
public sealed class LeasedLimitsTests
{
    private readonly LimitWorld _world = new();

    [Theory, InlineData(1), InlineData(20), InlineData(100), InlineData(5000)]
    public async Task Alone_OneAfterTheOther_ExactlyTheLimitPasses(int limit)
    {
        var one = await _world.StartAsync();

        Assert.Equal(limit, await one.RequestsAsync(Requests(limit), limit + 50));
    }

    [Fact]
    public async Task Alone_UsedUp_IsRefusedUntilTheWindowEnds()
    {
        var one = await _world.StartAsync();
        await one.RequestsAsync(Requests(100), 100);

        var refusal = (await one.ReserveAsync(Requests(100))).Refusal!;

        Assert.Equal(LimitRefusalReason.UsedUp, refusal.Reason);
        Assert.Equal(new LimitStanding(100, 100, 0, _world.Time.GetUtcNow().AddMinutes(1)), refusal.Standing);
        Assert.Equal(0, refusal.Standing.Remaining);
    }

    /// <summary>All of them wait for the same first grant.</summary>
    [Fact]
    public Task Alone_Burst_ExactlyTheLimitPasses() => Task.Run(async () =>
    {
        var one = await _world.StartAsync();
        one.Store.MaxDelay = TimeSpan.FromMilliseconds(5);
        var sent = Enumerable.Range(0, 150).Select(_ => one.ReserveAsync(Requests(100))).ToArray();

        while (!Task.WhenAll(sent).IsCompleted)
            _world.Time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal(100, (await Task.WhenAll(sent)).Count(static outcome => outcome.Reservation is not null));
        Assert.InRange(one.Store.Transactions, 1, 3);
    });

    /// <summary>litellm#39309: a refused limit had already taken from the others.</summary>
    [Fact]
    public async Task OneLimitIsUsedUp_TheOthersAreNotTouched()
    {
        var one = await _world.StartAsync();
        var (small, large) = (Requests(1), Tokens(1000));
        await one.RequestAsync(small);
        await one.RequestAsync(large, 10);

        for (var sent = 0; sent < 10; sent++)
        {
            var refusal = (await one.ReserveAsync(new Claim(Key, large, 400), new Claim(Key, small, 1))).Refusal!;
            Assert.Equal((small.Name, LimitRefusalReason.UsedUp), (refusal.Claim.Limit.Name, refusal.Reason));
        }

        Assert.Equal(990, one.Limits.Look(Key, large).Remaining);
        Assert.Null(await one.RequestAsync(large, 990));
    }

    /// <summary>Of two that are used up the one is told that lasts longer: retrying when the other is free is in vain.</summary>
    [Fact]
    public async Task SeveralAreUsedUp_TheOneThatIsFreeLastIsNamed()
    {
        var one = await _world.StartAsync();
        var (minute, day) = (Requests(1), Requests(1, LimitWindow.Day));
        Assert.NotNull((await one.ReserveAsync(new Claim(Key, minute, 1), new Claim(Key, day, 1))).Reservation);

        Assert.Equal(day, (await one.ReserveAsync(new Claim(Key, minute, 1), new Claim(Key, day, 1))).Refusal!.Claim.Limit);
        Assert.Equal(day, (await one.ReserveAsync(new Claim(Key, day, 1), new Claim(Key, minute, 1))).Refusal!.Claim.Limit);
    }

    /// <summary>litellm#24677: several limits shared the clock of one window. litellm#29576: a counter outlived its reset.</summary>
    [Fact]
    public async Task EachWindowHasItsOwnClock_AndAResetIsAnotherRow()
    {
        var one = await _world.StartAsync();
        var (minute, hour) = (Requests(10), Requests(25, LimitWindow.Hour));
        for (var passed = 0; passed < 3; passed++)
        {
            for (var sent = 0; sent < 10; sent++)
                (await one.ReserveAsync(new Claim(Key, minute, 1), new Claim(Key, hour, 1))).Reservation?.Settle([1, 1]);
            await _world.PassAsync(TimeSpan.FromMinutes(1), one);
        }

        Assert.Equal(25, one.Limits.Look(Key, hour).Used);
        Assert.Equal(0, one.Limits.Look(Key, minute).Used);
        Assert.Equal([5, 10, 10, 25], (await _world.TotalsAsync()).Select(static total => total.Settled).Order());
        await _world.PassAsync(TimeSpan.FromHours(1), one);
        Assert.Null((await one.ReserveAsync(new Claim(Key, minute, 1), new Claim(Key, hour, 1))).Refusal);
    }

    [Fact]
    public async Task LimitIsChanged_WhatIsUsedStays()
    {
        var one = await _world.StartAsync();
        await one.RequestsAsync(Requests(100), 60);

        Assert.Equal(LimitRefusalReason.UsedUp, await one.RequestAsync(Requests(50)));
        Assert.Equal(140, await one.RequestsAsync(Requests(200), 300));
    }
}
