using Microsoft.Extensions.Logging.Abstractions;
using ServerlessRouter.Configuration;
using ServerlessRouter.Governance;
using ServerlessRouter.Governance.Leases;
using ServerlessRouter.State;
using Xunit;
using Xunit.Abstractions;
using static ServerlessRouter.Core.Tests.Governance.Leases.LimitWorld;

namespace ServerlessRouter.Core.Tests.Governance.Leases;

/// <summary>What limits cost in calls, memory and rows.</summary>
public sealed class LeaseHousekeepingTests(ITestOutputHelper output)
{
    private readonly LimitWorld _world = new();

    /// <summary>100 requests a second, each with three limits of its key and one of its tier.</summary>
    [Theory, InlineData(1), InlineData(50), InlineData(1000)]
    public async Task HundredRequestsASecond_FewerThanOneCallToTheStoreIn20(int keys)
    {
        var one = await _world.StartAsync();
        var (minute, tokens, budget) = (Requests(20_000), Tokens(10_000_000), Budget(1_000_000_000, LimitWindow.Month));
        var tier = new LimitSubject(SubjectKind.Tier, "pro");
        var (requests, calls) = (0, 0);
        for (var second = 0; second < 300; second++)
        {
            for (var sent = 0; sent < 100; sent++, requests++)
            {
                var key = new LimitSubject(SubjectKind.Key, $"key-{(requests * 7919) % keys}");
                var outcome = await one.ReserveAsync(new Claim(key, minute, 1), new Claim(key, tokens, 500), new Claim(key, budget, 900), new Claim(tier, tokens, 500));
                outcome.Reservation!.Settle([1, 400, 700, 400]);
            }

            if (second == 60)
                (requests, calls) = (0, one.Store.Calls);
            await _world.PassAsync(TimeSpan.FromSeconds(1));
            if (second % 2 == 0)
                await one.Limits.RenewAsync(CancellationToken.None);
            if (second % 5 == 0)
                await one.Limits.KeepPresentAsync(CancellationToken.None);
            if (second % 300 == 299)
                await one.Limits.EraseAsync(CancellationToken.None);
        }

        var share = (one.Store.Calls - calls) / (double)requests;
        output.WriteLine($"{keys} keys: {share:0.0000} calls a request, {one.Store.Calls} in all");
        Assert.InRange(share, 0, 0.05);
    }

    [Fact]
    public async Task TooManyCounters_LimitsPassAndBudgetsRefuse_UntilOthersRest()
    {
        _world.Options = new LeaseOptions { MaxCounters = 10 };
        var one = await _world.StartAsync();
        for (var user = 0; user < 10; user++)
            await one.ReserveAsync(new Claim(new LimitSubject(SubjectKind.EndUser, $"search/{user}"), Budget(1000), 1));

        Assert.Null(await one.RequestAsync(Requests(10)));
        Assert.Equal(LimitRefusalReason.StoreUnavailable, await one.RequestAsync(Budget(1000)));
        await _world.PassAsync(TimeSpan.FromMinutes(2), one);
        Assert.Equal(LimitRefusalReason.StoreUnavailable, await one.RequestAsync(Budget(1000)));
    }

    [Theory]
    [InlineData(false, "greedy", "other")]
    [InlineData(true, "greedy", "other")]
    [InlineData(false, "acme/web", "acme/batch")]
    public async Task OneKeyWithTooManySubjects_IsRefusedItsFurtherOnes_AndNoOtherKeyNotices(bool isBudget, string greedy, string other)
    {
        _world.Options = new LeaseOptions { MaxCounters = 100, MaxCountersOfKey = 20 };
        var one = await _world.StartAsync();
        var limit = isBudget ? Budget(1000) : Requests(10);
        async Task<LimitRefusalReason?> AskAsync(string key, int session)
        {
            var outcome = await one.ReserveAsync(new Claim(new LimitSubject(SubjectKind.Session, $"{key}/{session}"), limit, 1) { NamedBy = key });
            outcome.Reservation?.Settle([1]);
            return outcome.Refusal?.Reason;
        }

        for (var session = 0; session < 2000; session++)
            Assert.Equal(session < 20 ? null : LimitRefusalReason.TooManySubjects, await AskAsync(greedy, session));
        Assert.Null(await AskAsync(greedy, 3));
        for (var session = 0; session < 20; session++)
            Assert.Null(await AskAsync(other, session));
        Assert.Null(await one.RequestAsync(Budget(1000)));

        await _world.PassAsync(TimeSpan.FromMinutes(2), one);
        for (var session = 2000; session < 2010; session++)
            Assert.Null(await AskAsync(greedy, session));
    }

    [Fact]
    public async Task CountersThatRest_MakeRoomForOthers_AndAreFoundAgain()
    {
        _world.Options = new LeaseOptions { MaxCounters = 10 };
        var one = await _world.StartAsync();
        for (var user = 0; user < 40; user++)
        {
            var subject = new LimitSubject(SubjectKind.EndUser, $"search/{user}");
            var outcome = await one.ReserveAsync(new Claim(subject, Budget(1000), 100));
            Assert.NotNull(outcome.Reservation);
            outcome.Reservation.Settle([100]);
            if (user % 10 == 9)
            {
                Assert.Null((await one.ReserveAsync(new Claim(Key, Budget(1000), 1))).Reservation);
                await _world.PassAsync(TimeSpan.FromMinutes(3), one);
            }
        }

        var first = new LimitSubject(SubjectKind.EndUser, "search/0");
        (await one.ReserveAsync(new Claim(first, Budget(1000), 100))).Reservation!.Settle([100]);
        await _world.PassAsync(TimeSpan.FromMinutes(3), one);
        Assert.Equal(200, (await one.Limits.ReadAsync(first, Budget(1000))).Used);
    }

    /// <summary>A request has found the count of the minute before, and it is forgotten before the request begins the next minute: that minute is counted once.</summary>
    [Fact]
    public void CountThatIsForgottenAsItsWindowTurns_BeginsNoOtherWindow()
    {
        var state = new LeaseState(_world.Options, _world.Time, NullLogger.Instance);
        var counters = new LeaseCounters(state, NullLogger.Instance);
        var claim = new Claim(Key, Requests(10), 1);
        counters.Get(claim, before: null, _world.Time.GetUtcNow(), out _);
        var found = counters.Find(Key, claim.Limit)!;

        _world.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Single(counters.Forget(state.Now()));

        Assert.True(found.At(_world.Time.GetUtcNow()).IsRetired);
        Assert.False(counters.Get(claim, before: null, _world.Time.GetUtcNow(), out _)!.IsRetired);
    }

    [Fact]
    public void WindowThatBeganMeanwhile_IsNotForgottenWithTheOneBefore()
    {
        var state = new LeaseState(_world.Options, _world.Time, NullLogger.Instance);
        var counters = new LeaseCounters(state, NullLogger.Instance);
        var claim = new Claim(Key, Requests(10), 1);
        counters.Charge(claim, state.Now());
        _world.Time.Advance(TimeSpan.FromMinutes(1));
        counters.Charge(claim, state.Now());

        Assert.Empty(counters.Forget(state.Now()));
        Assert.Equal(1, counters.Look(Key, claim.Limit, _world.Time.GetUtcNow()).Used);
    }

    [Fact]
    public async Task RowsThatAreOver_LeaveTheStore()
    {
        var one = await _world.StartAsync();
        var session = new LimitModel("session.requests", LimitMeasure.Requests, 100, LimitWindow.Session);
        await one.RequestsAsync(Requests(100), 5);
        await one.RequestsAsync(session, 5);
        await one.RequestsAsync(Requests(100, LimitWindow.Month), 5);
        await _world.PassAsync(TimeSpan.FromMinutes(15), one);
        Assert.Equal(2, (await _world.TotalsAsync()).Count);

        _world.Time.Advance(TimeSpan.FromDays(8));
        await one.Limits.KeepPresentAsync(CancellationToken.None);
        await one.Limits.KeepPresentAsync(CancellationToken.None);
        await one.Limits.EraseAsync(CancellationToken.None);
        Assert.Single(await _world.TotalsAsync());

        _world.Time.Advance(TimeSpan.FromDays(40));
        await one.Limits.KeepPresentAsync(CancellationToken.None);
        await one.Limits.KeepPresentAsync(CancellationToken.None);
        await one.Limits.EraseAsync(CancellationToken.None);
        Assert.Empty(await _world.TotalsAsync());
        await one.Limits.DisposeAsync();
        Assert.Empty((await _world.Memory.QueryPageAsync(LeaseTables.Limits, TableQuery.All)).Entities);
    }

    [Fact]
    public async Task SessionThatRestsForMinutes_GoesOnWhereItWas()
    {
        var one = await _world.StartAsync();
        var session = new LimitModel("session.requests", LimitMeasure.Requests, 10, LimitWindow.Session);
        await one.RequestsAsync(session, 6);
        await _world.PassAsync(TimeSpan.FromMinutes(30), one);

        Assert.Equal(4, await one.RequestsAsync(session, 10));
        Assert.Null((await one.ReserveAsync(session)).Refusal!.Standing.ResetsAt);
    }

    [Fact]
    public async Task InstancesThatAreGone_LeaveNoRows()
    {
        var dead = await _world.StartAsync("dead");
        await dead.RequestsAsync(Requests(100, LimitWindow.Month), 5);
        var one = await _world.StartAsync("one");

        await _world.PassAsync(TimeSpan.FromHours(1.2), one);

        Assert.Single((await _world.Memory.QueryPageAsync(LeaseTables.Limits, TableQuery.InPartition(LeaseTables.Instances))).Entities);
        Assert.DoesNotContain((await _world.Memory.QueryPageAsync(LeaseTables.Limits, TableQuery.All)).Entities, static row => row.RowKey.StartsWith("i.", StringComparison.Ordinal));
    }
}
