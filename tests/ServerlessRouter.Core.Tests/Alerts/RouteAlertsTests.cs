using ServerlessRouter.Alerts;
using ServerlessRouter.Alerts.Sources;
using ServerlessRouter.Configuration;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;
using ServerlessRouter.State.Memory;
using ServerlessRouter.Testing.Diagnostics;
using ServerlessRouter.Testing.Models;
using ServerlessRouter.Testing.Time;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.Core.Tests.Alerts;

/// <summary>Routes of which too many requests fail or are slow, over the figures of all instances.</summary>
public sealed class RouteAlertsTests
{
    private static readonly RouterModel Router = new RouterBuilder().Model("mini").Route("auto", static route => route.Candidates("mini")).Build();

    [Fact]
    public async Task Look_TooManyFail_FiresAndEndsBelowHalfTheShare()
    {
        using var scene = new AlertScene();
        var traffic = Join(scene);

        await MinutesAsync(scene, traffic, 3, good: 40, bad: 8);
        var alert = Assert.Single(scene.Desk.Open);
        Assert.Equal((AlertType.Errors, "auto", AlertSeverity.Warning), (alert.Type, alert.Subject, alert.Severity));
        Assert.Contains("failed, for another reason than their callers: 16.7 %", alert.Cause, StringComparison.Ordinal);

        // Between half of the share and the share nothing changes.
        await MinutesAsync(scene, traffic, 10, good: 93, bad: 7);
        Assert.Single(scene.Desk.Open);
        await MinutesAsync(scene, traffic, 10, good: 99, bad: 1);

        Assert.Empty(scene.Desk.Open);
        Assert.Equal(["Fired 1", "Resolved 1"], await scene.MessagesAsync());
    }

    [Fact]
    public async Task Look_ADozenRequests_SayNothing()
    {
        using var scene = new AlertScene();

        await MinutesAsync(scene, Join(scene), 1, good: 0, bad: 12);

        Assert.Empty(await scene.ListAsync());
    }

    [Fact]
    public async Task Look_AllFail_IsCritical()
    {
        using var scene = new AlertScene();

        await MinutesAsync(scene, Join(scene), 2, good: 0, bad: 30);

        Assert.Equal(AlertSeverity.Critical, Assert.Single(scene.Desk.Open).Severity);
    }

    [Fact]
    public async Task Look_NoRequestsComeAnyMore_EndsAfterThreeWindows()
    {
        using var scene = new AlertScene();
        var traffic = Join(scene);
        await MinutesAsync(scene, traffic, 2, good: 0, bad: 30);

        await MinutesAsync(scene, traffic, 15, good: 0, bad: 0);
        Assert.Single(scene.Desk.Open);
        await MinutesAsync(scene, traffic, 10, good: 0, bad: 0);

        Assert.Empty(scene.Desk.Open);
    }

    [Fact]
    public async Task Look_EightInstancesWithAFewRequestsEach_AreAddedUpAndOneTells()
    {
        using var first = new AlertScene();
        AlertScene[] scenes = [first, .. Enumerable.Range(1, 7).Select(_ => first.Twin())];
        RouteTraffic[] traffics = [.. scenes.Select(Join)];

        for (var minute = 0; minute < 3; minute++)
        {
            foreach (var traffic in traffics)
                Settle(first.Time, traffic, good: 2, bad: 1);
            first.Time.Advance(TimeSpan.FromMinutes(1));
            foreach (var scene in scenes)
                await scene.TurnAsync();
        }

        Assert.Equal("auto", Assert.Single(await first.ListAsync()).Subject);
        Assert.Single(await first.MessagesAsync());
        foreach (var scene in scenes.Skip(1))
            scene.Dispose();
    }

    [Fact]
    public async Task Look_CallersFaults_AreNoFailures()
    {
        using var scene = new AlertScene();
        var traffic = Join(scene);

        for (var request = 0; request < 100; request++)
            traffic.OnSettled(Request(scene.Time, RouterError.InvalidRequest("It is bad.")));
        await scene.AdvanceAsync(TimeSpan.FromMinutes(1));

        Assert.Empty(await scene.ListAsync());
    }

    [Fact]
    public async Task Look_TooManySlow_FiresOnLatency()
    {
        using var scene = new AlertScene(new AlertsModel { Latency = new AlertLatencyModel { Slow = TimeSpan.FromSeconds(2) } });
        var traffic = Join(scene);

        for (var request = 0; request < 40; request++)
            traffic.OnSettled(Request(scene.Time, null, TimeSpan.FromSeconds(request % 2 == 0 ? 3 : 1)));
        await scene.AdvanceAsync(TimeSpan.FromMinutes(1));

        var alert = Assert.Single(scene.Desk.Open);
        Assert.Equal((AlertType.Latency, "auto", AlertSeverity.Critical), (alert.Type, alert.Subject, alert.Severity));
    }

    [Fact]
    public async Task Look_OnceAMinute_AReadAndAWriteAndNothingWhileQuiet()
    {
        var time = new ManualTimeProvider();
        var store = new CountedStore(new MemoryTableStore(time));
        using var scene = new AlertScene(store: store, time: time);
        var traffic = Join(scene);

        for (var minute = 0; minute < 10; minute++)
        {
            Settle(time, traffic, good: 100, bad: 0);
            await scene.AdvanceAsync(TimeSpan.FromSeconds(30));
            await scene.AdvanceAsync(TimeSpan.FromSeconds(30));
        }

        // 20 turns read what alerts there are, ten the figures, and once what other runs left is looked for.
        Assert.Equal((31, 10), (store.Reads, store.Writes));
        time.Advance(TimeSpan.FromHours(2));
        await scene.TurnAsync();
        var (reads, writes) = (store.Reads, store.Writes);
        for (var turn = 0; turn < 10; turn++)
            await scene.AdvanceAsync(TimeSpan.FromSeconds(30));
        Assert.Equal((reads + 10, writes), (store.Reads, store.Writes));
    }

    private static int s_run;

    private static RouteTraffic Join(AlertScene scene)
    {
        var traffic = new RouteTraffic(scene.Models, scene.Time);
        scene.Desk.Watch(new RouteAlerts(traffic, new TrafficRows(scene.Store, $"run-{Interlocked.Increment(ref s_run)}"), scene.Models));
        return traffic;
    }

    private static async Task MinutesAsync(AlertScene scene, RouteTraffic traffic, int minutes, int good, int bad)
    {
        for (var minute = 0; minute < minutes; minute++)
        {
            Settle(scene.Time, traffic, good, bad);
            await scene.AdvanceAsync(TimeSpan.FromMinutes(1));
        }
    }

    private static void Settle(ManualTimeProvider time, RouteTraffic traffic, int good, int bad)
    {
        for (var request = 0; request < good; request++)
            traffic.OnSettled(Request(time, null));
        for (var request = 0; request < bad; request++)
            traffic.OnSettled(Request(time, new RouterError(RouterErrorCode.UpstreamError, "It failed.")));
    }

    private static RequestContext Request(ManualTimeProvider time, RouterError? error, TimeSpan took = default)
    {
        var context = new RequestContext("r-1", Router, ScannedRequest.Of(ChatBodies.Plain()), new ListedHeaders(), time.GetTimestamp()) { Route = Router.Targets["auto"], Error = error };
        if (error is not null)
            return context;
        var attempt = new AttemptContext(context, Router.ModelsByName["mini"], DeploymentChoice.Fresh) { WasSent = true };
        attempt.End(time.GetTimestamp() + took.Ticks, null, default, 0);
        context.Attempts.Add(attempt);
        context.Answered = attempt;
        return context;
    }
}
