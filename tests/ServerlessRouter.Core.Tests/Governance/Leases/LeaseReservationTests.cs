using ServerlessRouter.Governance;
using ServerlessRouter.Governance.Leases;
using ServerlessRouter.Testing.Diagnostics;
using Xunit;
using static ServerlessRouter.Core.Tests.Governance.Leases.LimitWorld;

namespace ServerlessRouter.Core.Tests.Governance.Leases;

/// <summary>What one reservation takes and gives back: more than is left, nothing, a place among those at once.</summary>
public sealed class LeaseReservationTests
{
    private readonly LimitWorld _world = new();

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
