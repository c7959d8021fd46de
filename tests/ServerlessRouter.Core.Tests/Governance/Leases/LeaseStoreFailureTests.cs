using ServerlessRouter.Configuration;
using ServerlessRouter.Governance;
using Xunit;
using static ServerlessRouter.Core.Tests.Governance.Leases.LimitWorld;

namespace ServerlessRouter.Core.Tests.Governance.Leases;

/// <summary>The store is away, slow, or there again.</summary>
public sealed class LeaseStoreFailureTests
{
    private readonly LimitWorld _world = new();

    [Theory]
    [InlineData(StoreFailureRule.LastLease, null, LimitRefusalReason.StoreUnavailable)]
    [InlineData(StoreFailureRule.Open, null, null)]
    [InlineData(StoreFailureRule.Closed, LimitRefusalReason.StoreUnavailable, LimitRefusalReason.StoreUnavailable)]
    public async Task NothingGranted_TheRuleDecides(StoreFailureRule rule, LimitRefusalReason? ofRequests, LimitRefusalReason? ofMoney)
    {
        var one = await _world.StartAsync();
        one.Store.IsDown = true;

        Assert.Equal(ofRequests, await one.RequestAsync(Requests(100) with { OnStoreFailure = rule }));
        Assert.Equal(ofMoney, await one.RequestAsync(Budget(100) with { OnStoreFailure = rule }));
    }

    [Theory, InlineData(StoreFailureRule.LastLease), InlineData(StoreFailureRule.Closed)]
    public async Task SomethingGranted_LastLeaseSpendsIt_ThenBudgetsRefuse(StoreFailureRule rule)
    {
        var budget = Budget(1000) with { OnStoreFailure = rule };
        var one = await _world.StartAsync();
        for (var sent = 0; sent < 10; sent++)
            await one.RequestAsync(budget, 20);
        await _world.PassAsync(TimeSpan.FromSeconds(2), one);
        one.Store.IsDown = true;
        await _world.PassAsync(TimeSpan.FromSeconds(20), one);

        var spent = 0L;
        while (await one.RequestAsync(budget, 20) is null)
            spent += 20;

        Assert.Equal(LimitRefusalReason.StoreUnavailable, await one.RequestAsync(budget, 20));
        Assert.InRange(spent, rule == StoreFailureRule.Closed ? 0 : 200, rule == StoreFailureRule.Closed ? 0 : 800);
    }

    [Theory, InlineData(StoreFailureRule.LastLease), InlineData(StoreFailureRule.Open)]
    public async Task UsedUp_StaysUsedUp(StoreFailureRule rule)
    {
        var limit = Requests(10) with { OnStoreFailure = rule };
        var one = await _world.StartAsync();
        await one.RequestsAsync(limit, 10);
        one.Store.IsDown = true;
        await _world.PassAsync(TimeSpan.FromSeconds(4), one);

        Assert.Equal(LimitRefusalReason.UsedUp, await one.RequestAsync(limit));
    }

    [Fact]
    public async Task Back_WhatWasUsedMeanwhileIsCountedOnce()
    {
        var limit = Requests(1000, LimitWindow.Day) with { OnStoreFailure = StoreFailureRule.Open };
        var instances = await _world.StartAsync(2);
        await instances[0].RequestsAsync(limit, 10);
        foreach (var instance in instances)
            instance.Store.IsDown = true;
        await _world.PassAsync(TimeSpan.FromSeconds(4), instances);
        foreach (var instance in instances)
            Assert.Equal(300, await instance.RequestsAsync(limit, 300));
        foreach (var instance in instances)
            instance.Store.IsDown = false;

        await _world.PassAsync(TimeSpan.FromMinutes(2), instances);

        Assert.Equal(610, (await instances[0].Limits.ReadAsync(Key, limit)).Used);
        Assert.Equal(610, (await instances[1].Limits.ReadAsync(Key, limit)).Used);
        Assert.Equal(610, Assert.Single(await _world.TotalsAsync()).Settled);
    }

    /// <summary>A store that hangs costs a request 50 ms, and what the store says later counts for the next.</summary>
    [Fact]
    public Task Slow_RequestsWaitFor50MillisecondsAtMost() => Task.Run(async () =>
    {
        var one = await _world.StartAsync();
        one.Store.MaxDelay = TimeSpan.FromSeconds(3);
        var begun = _world.Time.GetUtcNow();
        var waiting = one.ReserveAsync(Budget(1000), 10);

        while (!waiting.IsCompleted)
            _world.Time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal(LimitRefusalReason.StoreUnavailable, (await waiting).Refusal!.Reason);
        Assert.Equal(50, (_world.Time.GetUtcNow() - begun).TotalMilliseconds, tolerance: 1);
        _world.Time.Advance(TimeSpan.FromSeconds(7));
        Assert.Null(await one.RequestAsync(Budget(1000), 5));
    });

    [Fact]
    public async Task Answers_NeverSlowARequestThatHasItsGrant()
    {
        var one = await _world.StartAsync();
        await one.RequestAsync(Requests(1000));
        await _world.PassAsync(TimeSpan.FromSeconds(2), one);
        one.Store.MaxDelay = TimeSpan.FromSeconds(3);

        Assert.True(one.ReserveAsync(new Claim(Key, Requests(1000), 1)).AsTask().IsCompletedSuccessfully);
    }
}
