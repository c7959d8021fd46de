using Microsoft.Extensions.Logging.Abstractions;
using ServerlessRouter.Background;
using ServerlessRouter.Core.Tests.Dispatch;
using ServerlessRouter.Errors;
using ServerlessRouter.Health;
using ServerlessRouter.Health.Shared;
using ServerlessRouter.State;
using ServerlessRouter.State.Memory;
using ServerlessRouter.Testing;
using ServerlessRouter.Testing.Time;
using Xunit;

namespace ServerlessRouter.Core.Tests.Health.Shared;

public sealed class SharedHealthTests
{
    private static readonly HealthOptions Options = new();

    [Theory, InlineData(1), InlineData(2), InlineData(3), InlineData(4)]
    public async Task EightInstances_DeploymentStaysDown_ExactlyOneProbeAtATimeAndEachLaterThanTheLast(int seed)
    {
        var fleet = new Fleet(seed) { IsDown = true };
        await fleet.Members[0].OpenAsync();
        await fleet.RunAsync(Fleet.Refresh * 2);
        fleet.Calls.Clear();

        await fleet.RunAsync(TimeSpan.FromMinutes(10));

        // Open for 5, 10, 20, 40, 80 and then 120 seconds: six to nine probes fit, and no two come closer than the opening between them.
        var gaps = fleet.Calls.Zip(fleet.Calls.Skip(1), (earlier, later) => (later.At - earlier.At).TotalSeconds).ToList();
        Assert.InRange(fleet.Calls.Count, 6, 10);
        Assert.All(gaps.Zip(new double[] { 10, 20, 40, 80, 120, 120, 120, 120, 120 }), gap => Assert.InRange(gap.First, gap.Second, gap.Second + 12));
        Assert.True(fleet.Store.Conflicts > 0);
    }

    [Theory, InlineData(1), InlineData(2), InlineData(3), InlineData(4)]
    public async Task EightInstances_OneOpens_AllFollowWithinTwoRefreshes(int seed)
    {
        var fleet = new Fleet(seed);
        await fleet.Members[3].OpenAsync();
        fleet.IsDown = true;

        await fleet.RunAsync(Fleet.Refresh * 2);

        Assert.All(fleet.Members, member => Assert.False(member.IsCallable));
    }

    [Theory, InlineData(1), InlineData(2), InlineData(3), InlineData(4)]
    public async Task EightInstances_OneProbeSucceeds_AllCloseWithinTwoRefreshes(int seed)
    {
        var fleet = new Fleet(seed);
        await fleet.Members[3].OpenAsync();
        await fleet.RunAsync(Fleet.Refresh * 2);
        fleet.Calls.Clear();
        await ProbedAsync(fleet);

        await fleet.RunAsync(fleet.CallTime + (Fleet.Refresh * 2));

        Assert.All(fleet.Members, member => Assert.True(member.IsCallable));
        Assert.Empty((await fleet.Store.QueryPageAsync("health", TableQuery.All)).Entities);
    }

    [Fact]
    public async Task EightInstances_HolderOfTheProbeDies_AnotherProbesAfterTheLease()
    {
        var fleet = new Fleet { IsDown = true, CallTime = TimeSpan.FromHours(1) };
        await fleet.Members[0].OpenAsync();
        await fleet.RunAsync(Fleet.Refresh * 2);
        fleet.Calls.Clear();
        await ProbedAsync(fleet);
        var dead = fleet.Calls[0].Member;
        fleet.Dead.Add(dead);

        var lease = new SharedHealthOptions { InstanceId = "any" }.ProbeLease;
        await fleet.RunAsync(lease - Fleet.Refresh);
        Assert.Single(fleet.Calls);
        await fleet.RunAsync(Fleet.Refresh * 4);

        Assert.Equal(2, fleet.Calls.Count);
        Assert.NotEqual(dead, fleet.Calls[1].Member);
    }

    [Fact]
    public async Task EightInstances_ProbeTakesLongerThanItsLease_NoOtherInstanceProbes()
    {
        var fleet = new Fleet { IsDown = true, CallTime = TimeSpan.FromMinutes(2) };
        await fleet.Members[0].OpenAsync();
        await fleet.RunAsync(Fleet.Refresh * 2);
        fleet.Calls.Clear();

        await fleet.RunAsync(TimeSpan.FromMinutes(2));

        Assert.Single(fleet.Calls);
    }

    [Fact]
    public async Task EightInstances_StoreIsDown_EachGoesOnAloneAndTheyAgreeAgainAfterwards()
    {
        var fleet = new Fleet { IsDown = true };
        fleet.Store.IsDown = true;
        foreach (var member in fleet.Members)
            await member.OpenAsync();
        await fleet.RunAsync(Options.OutageFirst - Fleet.Step);
        Assert.Empty(fleet.Calls);

        await fleet.RunAsync(fleet.CallTime + (Fleet.Step * 5));
        Assert.Equal(8, fleet.Calls.Select(call => call.Member).Distinct().Count());

        fleet.Store.IsDown = false;
        await fleet.RunAsync(Fleet.Refresh * 2);
        fleet.Calls.Clear();
        await fleet.RunAsync(Options.OutageFirst * 3);
        Assert.Single(fleet.Calls);
    }

    [Fact]
    public async Task EightInstances_DeploymentRecoversWhileTheStoreIsDown_StaleRowsDoNotCloseItAgain()
    {
        var fleet = new Fleet();
        await fleet.Members[0].OpenAsync();
        await fleet.RunAsync(Fleet.Refresh * 2);
        fleet.Store.IsDown = true;
        await fleet.RunAsync(Options.OutageFirst * 2);
        Assert.All(fleet.Members, member => Assert.True(member.IsCallable));

        fleet.Store.IsDown = false;
        await fleet.RunAsync(Fleet.Refresh * 2);

        Assert.All(fleet.Members, member => Assert.True(member.IsCallable));
    }

    [Fact]
    public async Task Lease_StoreAnswersAfterItEnded_IsNotUsed()
    {
        var fleet = new Fleet(conflictShare: 0);
        var late = new FleetMember("late", Given.Model("m"), fleet.Store, fleet.Time, storeTimeout: TimeSpan.FromHours(1));
        await late.OpenAsync();
        await late.SyncAsync();
        fleet.Time.Advance(Options.OutageFirst);
        Assert.False(late.IsCallable);

        var held = fleet.Store.HoldWrites();
        var sync = late.SyncAsync();
        await Patience.WaitAsync(held, static () => "a write to be held");
        fleet.Time.Advance(new SharedHealthOptions { InstanceId = "any" }.ProbeLease);
        fleet.Store.ReleaseWrites();
        await sync;

        Assert.False(late.IsCallable);
    }

    [Fact]
    public async Task ShortOpening_NeverReachesTheStore()
    {
        var fleet = new Fleet();
        var attempt = await fleet.Members[0].BeginAsync();
        attempt!.End(fleet.Time.GetTimestamp(), new AttemptFailure(FailureKind.RateLimited, "burst"), default, 0);
        await fleet.Members[0].SyncAsync();

        Assert.Empty((await fleet.Store.QueryPageAsync("health", TableQuery.All)).Entities);
    }

    [Fact]
    public async Task Row_OfADeploymentNoInstanceHasAnyMore_IsDeletedAfterItsRetention()
    {
        var fleet = new Fleet();
        await fleet.Members[0].OpenAsync();
        await fleet.Members[0].SyncAsync();
        foreach (var member in fleet.Members)
            member.Registry.Follow(Given.Router());

        await fleet.Members[1].SyncAsync();
        Assert.Single((await fleet.Store.QueryPageAsync("health", TableQuery.All)).Entities);
        fleet.Time.Advance(TimeSpan.FromDays(1) + (Options.OutageFirst * 2));
        await fleet.Members[1].SyncAsync();
        await fleet.Members[1].SyncAsync();

        Assert.Empty((await fleet.Store.QueryPageAsync("health", TableQuery.All)).Entities);
    }

    [Fact]
    public async Task Start_TwoInstances_TheSecondFollowsAtItsNextRefresh()
    {
        var time = new ManualTimeProvider();
        var store = new MemoryTableStore(time);
        var first = new FleetMember("unused-1", Given.Model("m"), store, time);
        var second = new FleetMember("unused-2", Given.Model("m"), store, time);
        await using var one = Start("one", first);
        await using var two = Start("two", second);
        await time.WaitForTimersAsync(2);

        await first.OpenAsync();
        await Eventually.HoldsAsync(async () => (await store.QueryPageAsync("health", TableQuery.All)).Entities.Count == 1, "the row");
        time.Advance(Fleet.Refresh);
        await Eventually.HoldsAsync(() => !second.IsCallable, "the second instance");

        BackgroundWork Start(string name, FleetMember member)
        {
            var shared = new SharedHealth(store, member.Registry, new SharedHealthOptions { InstanceId = name }, time, NullLogger<SharedHealth>.Instance);
            var work = new BackgroundWork(time, NullLogger<BackgroundWork>.Instance);
            work.Add(shared.Step);
            work.Start();
            return work;
        }
    }

    private static async Task ProbedAsync(Fleet fleet)
    {
        var turns = new Turns("a probe");
        while (fleet.Calls.Count == 0)
        {
            turns.Take();
            await fleet.RunAsync(Fleet.Step);
        }
    }
}
