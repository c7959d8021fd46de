using Microsoft.Extensions.Logging;
using ServerlessRouter.Alerts;
using ServerlessRouter.Configuration;
using ServerlessRouter.State;
using ServerlessRouter.State.Memory;
using ServerlessRouter.Testing.Diagnostics;
using ServerlessRouter.Testing.Time;
using Xunit;

namespace ServerlessRouter.Core.Tests.Alerts;

/// <summary>What gateways' users complain of in alerts: one for each request, one for each instance, a storm after a restart, flapping, and ends that are never told.</summary>
public sealed class AlertDeskTests
{
    private static readonly TimeSpan Turn = AlertOptions.DefaultInterval;
    private static readonly TimeSpan Quiet = AlertsModel.Default.Quiet;

    [Fact]
    public async Task Raise_TheSameAtEveryTurn_FiresOnceAndIsResolvedOnce()
    {
        using var scene = new AlertScene();
        var signal = AlertScene.Signal();

        for (var turn = 0; turn < 20; turn++)
        {
            await scene.RaiseAsync(signal);
            scene.Time.Advance(Turn);
        }

        var open = Assert.Single(await scene.ListAsync(isOpen: true));
        await scene.EndAsync(signal);
        await scene.EndAsync(signal);

        var ended = Assert.Single(await scene.ListAsync());
        Assert.Equal((open.Id, scene.Time.GetUtcNow()), (ended.Id, ended.Resolved));
        Assert.Empty(await scene.ListAsync(isOpen: true));
        Assert.Equal(["Fired 1", "Resolved 1"], await scene.MessagesAsync());
        Assert.Single(scene.Lines(LogLevel.Warning));
        Assert.Single(scene.Lines(LogLevel.Information));
    }

    [Fact]
    public async Task Raise_Worse_IsTheSameAlertAndToldAnew()
    {
        using var scene = new AlertScene();

        foreach (var percent in new[] { 50, 50, 80, 50, 80, 100, 100 })
            await scene.RaiseAsync(AlertScene.Signal(percent));

        var alert = Assert.Single(await scene.ListAsync());
        Assert.Equal(AlertSeverity.Critical, alert.Severity);
        Assert.Equal(["Fired 50", "Worsened 80", "Worsened 100"], await scene.MessagesAsync());
    }

    [Theory]
    [InlineData(2)]
    [InlineData(8)]
    public async Task Raise_OnSeveralInstancesAtOnce_OneMessageIsWrittenAndOneLineLogged(int count)
    {
        using var first = new AlertScene();
        AlertScene[] scenes = [first, .. Enumerable.Range(1, count - 1).Select(_ => first.Twin())];

        foreach (var scene in scenes)
            scene.Desk.Raise(AlertScene.Signal());
        await Task.WhenAll(scenes.Select(static scene => Task.Run(scene.TurnAsync)));
        foreach (var scene in scenes)
            scene.Desk.End(AlertType.Breaker, "vendor/mini");
        await Task.WhenAll(scenes.Select(static scene => Task.Run(scene.TurnAsync)));

        Assert.Single(await first.ListAsync());
        Assert.Equal(["Fired 1", "Resolved 1"], (await first.MessagesAsync()).Order());
        Assert.Single(first.Lines(LogLevel.Warning));
        Assert.Single(first.Lines(LogLevel.Information));
        foreach (var scene in scenes.Skip(1))
            scene.Dispose();
    }

    [Fact]
    public async Task Restart_OpenAlerts_StayAndNothingIsToldAgain()
    {
        using var scene = new AlertScene();
        for (var deployment = 0; deployment < 50; deployment++)
            scene.Desk.Raise(AlertScene.Signal(subject: $"vendor/{deployment}"));
        await scene.TurnAsync();

        using var restarted = scene.Twin();
        for (var deployment = 0; deployment < 50; deployment++)
            restarted.Desk.Raise(AlertScene.Signal(subject: $"vendor/{deployment}"));
        await restarted.TurnAsync();

        Assert.Equal(50, restarted.Desk.Open.Count);
        Assert.Equal(50, (await scene.MessagesAsync()).Length);
        Assert.Equal(50, scene.Lines(LogLevel.Warning).Count);
    }

    [Fact]
    public async Task Raise_ComesAndGoesAllTheTime_TellsOnceOfEachInAQuietTime()
    {
        using var scene = new AlertScene();
        var signal = AlertScene.Signal();

        // Two minutes wrong, two minutes right, for an hour.
        for (var minute = 0; minute < 60; minute++)
        {
            if (minute % 4 < 2)
                await scene.RaiseAsync(signal);
            else
                await scene.EndAsync(signal);
            scene.Time.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Single(await scene.ListAsync());
        // At most a beginning and an end in each quarter of an hour.
        var messages = await scene.MessagesAsync();
        Assert.InRange(messages.Length, 3, 8);
        Assert.Equal(messages.Length, messages.Select((message, place) => message.StartsWith(place % 2 == 0 ? "Fired" : "Resolved", StringComparison.Ordinal)).Count(static alternates => alternates));
    }

    [Fact]
    public async Task Raise_ComesBackAndStays_IsToldOfWhenItsQuietTimeIsOver()
    {
        using var scene = new AlertScene();
        var signal = AlertScene.Signal();
        await scene.RaiseAsync(signal);
        await scene.EndAsync(signal);
        scene.Time.Advance(Turn);
        await scene.RaiseAsync(signal);
        Assert.Equal(2, (await scene.MessagesAsync()).Length);

        await scene.AdvanceAsync(Quiet);

        Assert.Equal(3, (await scene.MessagesAsync()).Length);
        Assert.Null(Assert.Single(await scene.ListAsync()).Resolved);
    }

    [Fact]
    public async Task Raise_AfterTheQuietTime_IsAnotherAlert()
    {
        using var scene = new AlertScene();
        var signal = AlertScene.Signal();
        await scene.RaiseAsync(signal);
        await scene.EndAsync(signal);
        scene.Time.Advance(Quiet);
        await scene.RaiseAsync(signal);

        var alerts = await scene.ListAsync();
        Assert.Equal([null, alerts[1].Resolved], alerts.Select(static alert => alert.Resolved));
        Assert.True(alerts[0].Since > alerts[1].Since);
        Assert.Equal(["Fired 1", "Resolved 1", "Fired 1"], await scene.MessagesAsync());
    }

    [Fact]
    public async Task Until_IsOver_EndsByItself()
    {
        using var scene = new AlertScene();
        await scene.RaiseAsync(AlertScene.Signal() with { Until = scene.Time.GetUtcNow().AddMinutes(30) });

        await scene.AdvanceAsync(TimeSpan.FromMinutes(29));
        Assert.Single(await scene.ListAsync(isOpen: true));
        await scene.AdvanceAsync(TimeSpan.FromMinutes(1));

        Assert.Empty(await scene.ListAsync(isOpen: true));
        Assert.Equal(["Fired 1", "Resolved 1"], await scene.MessagesAsync());
    }

    [Fact]
    public async Task Turn_StoreIsDown_WhatWasToldWaitsAndIsWrittenOnce()
    {
        var time = new ManualTimeProvider();
        var store = new CountedStore(new MemoryTableStore(time));
        using var scene = new AlertScene(store: store, time: time);
        store.IsDown = true;
        scene.Desk.Raise(AlertScene.Signal(50));
        await Assert.ThrowsAsync<TableStoreUnavailableException>(scene.TurnAsync);
        scene.Desk.Raise(AlertScene.Signal(80));
        await Assert.ThrowsAsync<TableStoreUnavailableException>(scene.TurnAsync);

        store.IsDown = false;
        await scene.TurnAsync();
        await scene.TurnAsync();

        Assert.Equal(["Fired 80"], await scene.MessagesAsync());
    }

    [Fact]
    public async Task Raise_MoreThanMayBe_AreSaidOnceAndNotKept()
    {
        using var scene = new AlertScene(options: new AlertOptions { MaxCurrent = 10, MaxWaiting = 20, MaxMessages = 5 });
        for (var turn = 0; turn < 2; turn++)
        {
            for (var deployment = 0; deployment < 100; deployment++)
                scene.Desk.Raise(AlertScene.Signal(subject: $"vendor/{deployment}"));
            await scene.TurnAsync();
        }

        Assert.Equal(10, (await scene.ListAsync()).Count);
        Assert.Equal(5, (await scene.MessagesAsync()).Length);
        Assert.Single(scene.Lines(LogLevel.Warning), static line => line.Message.Contains("10 alerts already", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Raise_MoreBudgetsThanMayBe_LeaveAFifthOfTheRoomToWhatElseGoesWrong()
    {
        using var scene = new AlertScene(options: new AlertOptions { MaxCurrent = 10, MaxWaiting = 20, MaxMessages = 10 });
        for (var turn = 0; turn < 2; turn++)
        {
            for (var budget = 0; budget < 100; budget++)
                scene.Desk.Raise(AlertScene.Signal(subject: $"key {budget}: budget.month", type: AlertType.Budget));
            scene.Desk.Raise(AlertScene.Signal(100, "vendor/mini"));
            scene.Desk.Raise(AlertScene.Signal(100, "vendor/large"));
            await scene.TurnAsync();
        }

        var kept = (await scene.ListAsync()).ToLookup(static alert => alert.Type);
        // What is written first counts with them.
        Assert.InRange(kept[AlertType.Budget].Count(), 6, 8);
        Assert.Equal(["vendor/large", "vendor/mini"], kept[AlertType.Breaker].Select(static alert => alert.Subject).Order(StringComparer.Ordinal));
        Assert.Equal(["Fired 1", "Fired 100"], (await scene.MessagesAsync()).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(2, (await scene.MessagesAsync()).Count(static message => message == "Fired 100"));
        Assert.Single(scene.Lines(LogLevel.Warning), static line => line.Message.Contains("(budget)", StringComparison.Ordinal) && line.Message.Contains("alerts already", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Turn_AllIsQuiet_WritesNothing()
    {
        var time = new ManualTimeProvider();
        var store = new CountedStore(new MemoryTableStore(time));
        using var scene = new AlertScene(store: store, time: time);

        for (var turn = 0; turn < 100; turn++)
            await scene.AdvanceAsync(Turn);

        Assert.Equal((100, 0), (store.Reads, store.Writes));
    }

    [Fact]
    public async Task Forget_AlertsPastTheirDays_AreGoneAndOthersStay()
    {
        using var scene = new AlertScene();
        foreach (var subject in new[] { "first", "second" })
        {
            await scene.RaiseAsync(AlertScene.Signal(subject: subject));
            await scene.EndAsync(AlertScene.Signal(subject: subject));
            await scene.AdvanceAsync(TimeSpan.FromDays(20));
        }

        await scene.Administration.Retention.RunAsync(default);

        Assert.Equal(["second"], (await scene.ListAsync()).Select(static alert => alert.Subject));
    }

    [Fact]
    public async Task List_ManyPages_EachAlertOnceNewestFirst()
    {
        using var scene = new AlertScene();
        for (var deployment = 0; deployment < 25; deployment++)
        {
            await scene.RaiseAsync(AlertScene.Signal(subject: $"vendor/{deployment}"));
            if (deployment % 2 == 0)
                await scene.EndAsync(AlertScene.Signal(subject: $"vendor/{deployment}"));
            await scene.AdvanceAsync(TimeSpan.FromMinutes(1));
        }

        var (subjects, after) = (new List<string>(), default(string));
        for (var hasMore = true; hasMore;)
        {
            var page = await scene.Administration.ListAsync(isOpen: false, after, 7, default);
            subjects.AddRange(page.Alerts.Select(static alert => alert.Subject));
            (after, hasMore) = (page.Alerts[^1].Id, page.HasMore);
        }

        Assert.Equal(Enumerable.Range(0, 25).Reverse().Select(static deployment => $"vendor/{deployment}"), subjects);
    }

    [Fact]
    public async Task Acknowledge_OpenAndPast_IsKeptOnceAndAudited()
    {
        using var scene = new AlertScene();
        await scene.RaiseAsync(AlertScene.Signal());
        var id = (await scene.ListAsync())[0].Id;

        var noted = await scene.Administration.AcknowledgeAsync(new(AdminModel.Owner, "r-1"), id, default);
        await scene.Administration.AcknowledgeAsync(new(new AdminModel("second", AdminRole.Admin), "r-2"), id, default);
        await scene.EndAsync(AlertScene.Signal());
        await scene.AdvanceAsync(Quiet);

        Assert.Equal(("admin", scene.Time.GetUtcNow() - Quiet), (noted!.Acknowledged!.By, noted.Acknowledged.At));
        Assert.Equal("admin", Assert.Single(await scene.ListAsync()).Acknowledged!.By);
        Assert.Null(await scene.Administration.AcknowledgeAsync(new(AdminModel.Owner, "r-3"), $"alert_{new string('0', 24)}", default));
        await scene.RaiseAsync(AlertScene.Signal(subject: "other"));
        await scene.EndAsync(AlertScene.Signal(subject: "other"));
        await scene.AdvanceAsync(Quiet);
        var past = (await scene.ListAsync())[0];
        Assert.NotNull((await scene.Administration.AcknowledgeAsync(new(AdminModel.Owner, "r-4"), past.Id, default))!.Acknowledged);
        var lines = new List<string>();
        await foreach (var line in new ServerlessRouter.Audit.AuditLog(scene.Store, scene.Time).ReadAsync(null, default))
            lines.Add($"{line.Who} {line.Action} {line.Subject}");
        Assert.Equal([$"admin alert.acknowledge {past.Id}", $"admin alert.acknowledge {id}"], lines);
    }

    [Fact]
    public async Task Raise_HostileTexts_AreKeptAsTextThatBreaksNoLine()
    {
        using var scene = new AlertScene();
        var name = "a\r\nb\u202Ec\uD800d" + new string('x', 10_000);

        await scene.RaiseAsync(AlertScene.Signal(subject: name) with { Cause = name, Figures = [new AlertFigure("name", name)] });
        await scene.RaiseAsync(AlertScene.Signal(subject: name) with { Cause = name });

        var alert = Assert.Single(await scene.ListAsync());
        Assert.StartsWith("a  b c\uFFFDd", alert.Subject, StringComparison.Ordinal);
        Assert.True(alert.Subject.Length <= 512 && alert.Cause.Length <= 1024);
        Assert.DoesNotContain(scene.Logs.Entries, static line => line.Message.Contains('\n', StringComparison.Ordinal));
    }
}
