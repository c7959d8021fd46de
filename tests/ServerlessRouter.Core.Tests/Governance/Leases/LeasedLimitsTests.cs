using ServerlessRouter.Configuration;
using ServerlessRouter.Governance;
using ServerlessRouter.Governance.Leases;
using ServerlessRouter.Testing.Diagnostics;
using Xunit;
using static ServerlessRouter.Core.Tests.Governance.Leases.LimitWorld;

namespace ServerlessRouter.Core.Tests.Governance.Leases;

/// <summary>One instance, or two, and what a caller gets.</summary>
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

    /// <summary>redis-gcra#6: what cost more than the limit did not count at all.</summary>
    [Fact]
    public async Task MoreThanIsLeft_IsCut_AndTheOvershootIsThatOneRequest()
    {
        var one = await _world.StartAsync();
        await one.RequestAsync(Tokens(1000), 900);

        Assert.Null(await one.RequestAsync(Tokens(1000), 500, used: 500));

        Assert.Equal(1400, one.Limits.Look(Key, Tokens(1000)).Used);
        Assert.Equal(LimitRefusalReason.UsedUp, await one.RequestAsync(Tokens(1000)));
    }

    [Fact]
    public async Task HeldByOtherRequests_IsNotUsedUp_AndComesBack()
    {
        var one = await _world.StartAsync();
        var first = await one.ReserveAsync(Tokens(1000), 5000);

        var second = await one.ReserveAsync(Tokens(1000), 100);
        first.Reservation!.Settle([300]);

        Assert.Equal((LimitRefusalReason.HeldByOthers, 0), (second.Refusal!.Reason, second.Refusal.Standing.Used));
        Assert.Null(await one.RequestAsync(Tokens(1000), 700));
    }

    [Fact]
    public async Task Ceiling_GoesOnAboveTheLimit_AndOnlyWhereItIsAsked()
    {
        var one = await _world.StartAsync();
        var limit = Budget(1000);
        await one.RequestAsync(limit, 1000);
        Assert.Equal(LimitRefusalReason.UsedUp, await one.RequestAsync(limit, 100));

        for (var sent = 0; sent < 2; sent++)
            (await one.ReserveAsync(limit, 100, upTo: 1.2)).Reservation!.Settle([100]);

        Assert.Equal(LimitRefusalReason.UsedUp, (await one.ReserveAsync(limit, 100, upTo: 1.2)).Refusal!.Reason);
        Assert.Equal(LimitRefusalReason.UsedUp, await one.RequestAsync(limit, 100));
    }

    [Fact]
    public async Task NothingAskedFor_PassesWhileSomethingIsLeft()
    {
        var one = await _world.StartAsync();
        Assert.Null(await one.RequestAsync(Budget(1000), 0, used: 1000));
        Assert.Equal(LimitRefusalReason.UsedUp, await one.RequestAsync(Budget(1000), 0));
    }

    [Fact]
    public async Task Concurrency_IsGivenBack_WhateverIsSettled()
    {
        var one = await _world.StartAsync();
        var held = new List<ClaimOutcome>();
        for (var sent = 0; sent < 4; sent++)
            held.Add(await one.ReserveAsync(AtOnce(4)));
        Assert.Equal(LimitRefusalReason.HeldByOthers, (await one.ReserveAsync(AtOnce(4))).Refusal!.Reason);

        held[0].Reservation!.Settle([]);
        held[0].Reservation!.Settle([]);

        Assert.NotNull((await one.ReserveAsync(AtOnce(4))).Reservation);
        Assert.Null((await one.ReserveAsync(AtOnce(4))).Reservation);
        Assert.Equal(0, one.Limits.Look(Key, AtOnce(4)).Remaining);
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
    public async Task Settle_Twice_CountsOnce()
    {
        var one = await _world.StartAsync();
        var outcome = await one.ReserveAsync(Tokens(1000), 100);

        outcome.Reservation!.Settle([60]);
        outcome.Reservation!.Settle([60]);

        Assert.Equal(940, one.Limits.Look(Key, Tokens(1000)).Remaining);
    }

    [Fact]
    public async Task Charge_Counts_WithoutAskingAndAboveTheLimit()
    {
        var one = await _world.StartAsync();

        one.Limits.Charge([new Claim(Key, Budget(1000), 1500), new Claim(Key, AtOnce(1), 1)]);

        Assert.Equal(LimitRefusalReason.UsedUp, await one.RequestAsync(Budget(1000)));
        Assert.NotNull((await one.ReserveAsync(AtOnce(1))).Reservation);
        await _world.PassAsync(TimeSpan.FromSeconds(40), one);
        Assert.Equal(1500, (await one.Limits.ReadAsync(Key, Budget(1000))).Used);
    }

    [Fact]
    public async Task LimitIsChanged_WhatIsUsedStays()
    {
        var one = await _world.StartAsync();
        await one.RequestsAsync(Requests(100), 60);

        Assert.Equal(LimitRefusalReason.UsedUp, await one.RequestAsync(Requests(50)));
        Assert.Equal(140, await one.RequestsAsync(Requests(200), 300));
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

    [Fact]
    public async Task ReserveAndSettle_WithGrantsThere_AllocateTheReservationAlone()
    {
        var one = await _world.StartAsync();
        Claim[] claims = [new(Key, Requests(1_000_000), 1), new(Key, Tokens(1_000_000_000), 100), new(Key, Budget(1_000_000_000), 100), new(new LimitSubject(SubjectKind.Tier, "free"), AtOnce(1000), 1)];
        long[] used = [1, 60, 60, 0];
        (await one.ReserveAsync(claims)).Reservation!.Settle(used);
        await _world.PassAsync(TimeSpan.FromSeconds(2), one);

        var bytes = Allocated.Bytes(() => Assert.True(SendAsync(one.Limits, claims, used).AsTask().IsCompletedSuccessfully));

        // 6 places of a counter, an answer and an amount.
        Assert.InRange(bytes / 100, 1, 208);
    }

    private static async ValueTask SendAsync(LeasedLimits limits, Claim[] claims, long[] used)
    {
        for (var sent = 0; sent < 100; sent++)
            (await limits.ReserveAsync(claims, CancellationToken.None)).Reservation!.Settle(used);
    }
}
