using ServerlessRouter.Configuration;
using ServerlessRouter.Governance.Leases;
using Xunit;
using static ServerlessRouter.Core.Tests.Governance.Leases.LimitWorld;

namespace ServerlessRouter.Core.Tests.Governance.Leases;

/// <summary>What instances hold and leave to each other: those that begin, end, die, or are cut off for a while.</summary>
public sealed class LeaseInstancesTests
{
    private readonly LimitWorld _world = new();

    [Fact]
    public async Task Read_WhatAnInstanceIsGrantedAndDoesNotUse_IsPendingToTheOthersAlone()
    {
        var (one, two) = await _world.StartAsync(2) is [var first, var second] ? (first, second) : default;
        var limit = LimitWorld.Budget(1000);
        for (var request = 0; request < 5; request++)
            Assert.Null(await one.RequestAsync(limit, 10, used: 0));
        await _world.PassAsync(TimeSpan.FromSeconds(2), one, two);

        Assert.Equal((0, 0), await FiguresAsync(one));
        var held = (await one.ReserveAsync(limit, 7)).Reservation!;
        Assert.Equal((0, 7), await FiguresAsync(one));
        held.Settle([3]);
        Assert.Equal((3, 0), await FiguresAsync(one));
        Assert.NotEqual(0, (await FiguresAsync(two)).Pending);

        async Task<(long Used, long Pending)> FiguresAsync(LimitInstance instance)
        {
            var standing = await instance.Limits.ReadAsync(LimitWorld.Key, limit);
            return (standing.Used, standing.Pending);
        }
    }

    /// <summary>litellm#28247: each instance added the whole count when it began.</summary>
    [Fact]
    public async Task InstancesThatBegin_FindWhatIsUsed_AndAddNothing()
    {
        var budget = Budget(1_000_000);
        for (var begun = 0; begun < 5; begun++)
        {
            var one = await _world.StartAsync($"instance-{begun}");
            await one.RequestAsync(budget, 50_000);
            Assert.Equal((begun + 1) * 50_000, one.Limits.Look(Key, budget).Used);
            await one.Limits.DisposeAsync();
        }

        Assert.Equal([new LeaseRow(250_000, 250_000, "")], (await _world.TotalsAsync()).Select(static total => total with { ETag = "" }));
    }

    /// <summary>litellm#27639, #30460, #36926, #27735: what a crash left set aside counted as spent.</summary>
    [Fact]
    public async Task InstanceDies_WhatItHeldIsPending_AndComesBackWithinMinutes()
    {
        var budget = Budget(1_000_000);
        var dead = await _world.StartAsync("dead");
        await dead.RequestAsync(budget, 100_000);
        await _world.PassAsync(TimeSpan.FromSeconds(40), dead);
        await dead.ReserveAsync(budget, 300_000);
        await _world.PassAsync(TimeSpan.FromSeconds(2), dead);
        var other = await _world.StartAsync("other");

        var before = await other.Limits.ReadAsync(Key, budget);
        await _world.PassAsync(TimeSpan.FromSeconds(75), other);
        var after = await other.Limits.ReadAsync(Key, budget);

        Assert.Equal(100_000, before.Used);
        Assert.InRange(before.Pending, 300_000, 900_000);
        Assert.Equal((100_000, 0), (after.Used, after.Pending));
        Assert.Null(await other.RequestAsync(budget, 880_000));
    }

    /// <summary>What is spent from a grant that is large enough asks for no renewal; of a budget it is written all the same once it is more than a fiftieth.</summary>
    [Fact]
    public async Task InstanceDies_WhatItSpentBeforeItsLastTurn_StaysSpent()
    {
        var budget = Budget(1_000_000);
        var dead = await _world.StartAsync("dead");
        await dead.RequestAsync(budget, 100_000);
        await _world.PassAsync(TimeSpan.FromSeconds(4), dead);
        for (var request = 0; request < 5; request++)
            await dead.RequestAsync(budget, 5_000);
        await _world.PassAsync(TimeSpan.FromSeconds(2), dead);

        var other = await _world.StartAsync("other");

        Assert.Equal(125_000, (await other.Limits.ReadAsync(Key, budget)).Used);
        await _world.PassAsync(TimeSpan.FromSeconds(75), other);
        Assert.Equal((125_000, 0), (await other.Limits.ReadAsync(Key, budget)) is var standing ? (standing.Used, standing.Pending) : default);
    }

    [Fact]
    public async Task InstanceWasOnlyCutOff_ItGoesOn_AndCountsNothingTwice()
    {
        var budget = Budget(1_000_000);
        var instances = await _world.StartAsync(2);
        await instances[0].RequestAsync(budget, 10_000);
        await _world.PassAsync(TimeSpan.FromSeconds(4), instances);
        instances[0].Store.IsDown = true;
        var late = await instances[0].ReserveAsync(budget, 5_000);
        await _world.PassAsync(TimeSpan.FromMinutes(3), instances);
        late.Reservation?.Settle([5_000]);
        instances[0].Store.IsDown = false;
        await _world.PassAsync(TimeSpan.FromMinutes(3), instances);

        var used = late.Reservation is null ? 10_000 : 15_000;
        Assert.Equal((used, 0), (await instances[1].Limits.ReadAsync(Key, budget)) is var standing ? (standing.Used, standing.Pending) : default);
    }

    [Fact]
    public async Task InstanceEnds_GivesBackAtOnce()
    {
        var one = await _world.StartAsync("one");
        await one.RequestsAsync(Requests(100), 10);
        await one.Limits.DisposeAsync();
        var other = await _world.StartAsync("other");

        Assert.Equal(90, await other.RequestsAsync(Requests(100), 100));
    }

    [Fact]
    public async Task Concurrency_OfAnInstanceThatDied_ComesBack()
    {
        var instances = await _world.StartAsync(2);
        for (var sent = 0; sent < 4; sent++)
            await instances[0].ReserveAsync(AtOnce(4));
        await _world.PassAsync(TimeSpan.FromSeconds(4), instances);
        Assert.Null((await instances[1].ReserveAsync(AtOnce(4))).Reservation);

        await _world.PassAsync(TimeSpan.FromSeconds(80), instances[1]);

        Assert.NotNull((await instances[1].ReserveAsync(AtOnce(4))).Reservation);
    }

    [Fact]
    public async Task Shared_NoInstanceHoldsMoreThanItsShare_AndAllOfItCanBeUsed()
    {
        var instances = await _world.StartAsync(8);
        var limit = Requests(1000, LimitWindow.Day);
        var passed = 0;
        for (var sent = 0; sent < 1200; sent++)
            passed += await instances[sent % 8].RequestAsync(limit) is null ? 1 : 0;

        Assert.InRange(passed, 1000 - (8 * 20), 1000 + (8 * 20));
        await _world.PassAsync(TimeSpan.FromMinutes(2), instances);
        for (var sent = 0; sent < 300; sent++)
        {
            passed += await instances[0].RequestAsync(limit) is null ? 1 : 0;
            if (sent % 10 == 0)
                await _world.PassAsync(TimeSpan.FromSeconds(2), instances);
        }

        Assert.InRange(passed, 1000, 1000 + (8 * 20));
    }

    /// <summary>The one that was alone gives back what it need no longer keep.</summary>
    [Fact]
    public async Task AnotherInstanceComes_TheFirstLeavesItSomething()
    {
        var first = await _world.StartAsync("first");
        var limit = Requests(1000, LimitWindow.Day);
        await first.RequestsAsync(limit, 400);
        await _world.PassAsync(TimeSpan.FromSeconds(2), first);

        var second = await _world.StartAsync("second");
        await _world.PassAsync(TimeSpan.FromSeconds(10), first, second);

        Assert.InRange(await second.RequestsAsync(limit, 600), 580, 600);
    }
}
