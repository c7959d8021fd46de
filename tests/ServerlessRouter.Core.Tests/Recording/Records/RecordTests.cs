using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using ServerlessRouter.Core.Tests.Recording.Usage;
using ServerlessRouter.Core.Tests.State.Sqlite;
using ServerlessRouter.Domain;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Recording.Records;
using ServerlessRouter.State;
using ServerlessRouter.State.Sqlite;
using ServerlessRouter.State.Memory;
using ServerlessRouter.Testing.Chance;
using ServerlessRouter.Testing.Diagnostics;
using Xunit;

namespace ServerlessRouter.Core.Tests.Recording.Records;

/// <summary>What is remembered of requests, for how long, and what becomes of it while the store is down.</summary>
public sealed class RecordTests
{
    [Fact]
    public async Task Find_AfterAFlush_TellsWhatWasDecidedAndCalledAndWhatItCost()
    {
        var scene = new RecordScene();
        var context = scene.Begin("r-1");
        scene.Attempt(context, new AttemptFailure(FailureKind.ServerError, "the vendor's own words") { UpstreamStatus = 500 }, default, 0);
        scene.Time.Advance(TimeSpan.FromSeconds(2));
        context.Answered = scene.Attempt(context, null, new TokenUsage(10, 5), 0.25m);
        context.CostUsd = context.SpentUsd;
        scene.Books.Listener.OnSettled(context);
        scene.Time.Advance(TimeSpan.FromSeconds(3));
        await scene.FlushAsync();

        var record = JsonNode.Parse((await scene.FindAsync("r-1"))!.Json)!;

        Assert.Equal(
            ("r-1", "live", "team", "mini", "mini", "simulated/mini", 200, null, 0.25m),
            ((string?)record["id"], (string?)record["kind"], (string?)record["key"], (string?)record["route"], (string?)record["model"], (string?)record["deployment"], (int)record["status"]!, (string?)record["error"], (decimal)record["cost"]!));
        Assert.Equal(("2026-03-01T12:00:00Z", 2000), ((string?)record["received_at"], (int)record["duration_ms"]!));
        Assert.Equal(["server_error", "answered"], record["attempts"]!.AsArray().Select(static attempt => (string?)attempt!["outcome"]));
        Assert.Equal([500, null], record["attempts"]!.AsArray().Select(static attempt => (int?)attempt!["upstream_status"]));
    }

    [Fact]
    public async Task Record_OfAnything_HoldsNoPromptAndNoVendorsWords()
    {
        var scene = new RecordScene();
        var context = scene.Begin("r-1", prompt: "a secret prompt");
        scene.Attempt(context, new AttemptFailure(FailureKind.RequestRejected, "the vendor's secret words"), default, 0);
        context.Error = new RouterError(RouterErrorCode.UpstreamRejected, "the vendor's secret words");
        scene.Books.Listener.OnSettled(context);
        await scene.FlushAsync();

        await foreach (var row in scene.Store.QueryAsync(RecordTables.Records, TableQuery.All))
            Assert.DoesNotContain(row.Properties.Values, static value => value.ToString().Contains("secret", StringComparison.Ordinal));
        Assert.Equal("upstream_rejected", (string?)JsonNode.Parse((await scene.FindAsync("r-1"))!.Json)!["error"]);
    }

    [Fact]
    public async Task Probe_IsToldAsAProbe()
    {
        var scene = new RecordScene();
        var probe = scene.Begin("probe.1", key: null);
        var context = new RequestContext("probe.1", probe.Router, probe.Request, probe.Headers, scene.Time.GetTimestamp()) { IsProbe = true };
        scene.Attempt(context, null, new TokenUsage(5, 1), 0.01m);
        scene.Books.Listener.OnSettled(context);
        await scene.FlushAsync();

        Assert.Equal("probe", (string?)JsonNode.Parse((await scene.FindAsync("probe.1"))!.Json)!["kind"]);
    }

    /// <summary>Strangers must not be able to fill the store; what the router paid for is told all the same.</summary>
    [Theory]
    [InlineData(RouterErrorCode.InvalidApiKey, false, false)]
    [InlineData(RouterErrorCode.InvalidApiKey, true, true)]
    [InlineData(RouterErrorCode.ModelNotFound, false, true)]
    public async Task Record_OfARefusal_IsLeftUnlessTheKeyWasRefusedAndNoVendorCalled(RouterErrorCode error, bool wasCalled, bool isLeft)
    {
        var scene = new RecordScene();
        var context = scene.Begin("r-1", key: null);
        if (wasCalled)
            scene.Attempt(context, null, new TokenUsage(10, 5), 0.25m);
        context.Error = new RouterError(error, "no");
        scene.Books.Listener.OnSettled(context);
        await scene.FlushAsync();

        Assert.Equal(isLeft, await scene.FindAsync("r-1") is not null);
    }

    [Fact]
    public async Task Records_SwitchedOff_WritesNothing()
    {
        var scene = new RecordScene(keepDays: 0);
        scene.Settle("r-1");
        await scene.FlushAsync();

        Assert.Empty((await scene.Store.QueryPageAsync(RecordTables.Records, TableQuery.All)).Entities);
        Assert.Null(await scene.FindAsync("r-1"));
    }

    [Fact]
    public async Task Find_OfAnotherCaller_IsNotThere()
    {
        var scene = new RecordScene();
        scene.Settle("r-1", "team");
        scene.Settle("r-2", null);
        await scene.FlushAsync();

        Assert.NotNull(await scene.FindAsync("r-1", "team"));
        Assert.Null(await scene.FindAsync("r-1", "other"));
        Assert.Null(await scene.FindAsync("r-1", ""));
        Assert.NotNull(await scene.FindAsync("r-2", ""));
    }

    [Fact]
    public async Task Find_NameCameTwice_GivesTheLatestAndTheListBoth()
    {
        var scene = new RecordScene();
        scene.Settle("same");
        scene.Settle("same");
        scene.Time.Advance(TimeSpan.FromMinutes(1));
        scene.Settle("same");
        await scene.FlushAsync();

        Assert.Equal(scene.Time.GetUtcNow(), (await scene.FindAsync("same"))!.ReceivedAt);
        Assert.Equal(["same", "same", "same"], await scene.ListAsync());
    }

    [Fact]
    public async Task Find_OldestDay_IsFound()
    {
        var scene = new RecordScene();
        scene.Settle("old");
        await scene.FlushAsync();
        scene.Time.Advance(TimeSpan.FromDays(30));

        Assert.NotNull(await scene.FindAsync("old"));
    }

    [Theory, InlineData(1), InlineData(7), InlineData(100)]
    public async Task List_InPages_GivesAllOfAllInstancesNewestFirst(int limit)
    {
        var scene = new RecordScene();
        var other = scene.Join();
        var expected = new List<string>();
        for (var number = 0; number < 150; number++)
        {
            scene.Settle($"r-{number}", at: number % 3 == 0 ? other : null);
            expected.Insert(0, $"r-{number}");
            scene.Time.Advance(TimeSpan.FromMinutes(number % 50 == 0 ? 60 * 24 : 1));
        }

        await scene.FlushAsync();
        await scene.FlushAsync(other);

        Assert.Equal(expected, await scene.ListAsync(limit));
    }

    [Theory, InlineData(1), InlineData(10)]
    public async Task List_OfOneKeyAmongMany_GivesItsOwnAlone(int limit)
    {
        var scene = new RecordScene();
        for (var number = 0; number < 200; number++)
        {
            scene.Settle($"r-{number}", number % 20 == 0 ? "rare" : "busy");
            scene.Time.Advance(TimeSpan.FromSeconds(1));
        }

        await scene.FlushAsync();

        Assert.Equal(Enumerable.Range(0, 10).Reverse().Select(static number => $"r-{20 * number}"), await scene.ListAsync(limit, "rare"));
        Assert.Empty(await scene.ListAsync(limit, ""));
    }

    [Fact]
    public async Task List_OfASpan_LeavesOutWhatLiesBesideIt()
    {
        var scene = new RecordScene();
        for (var hour = 0; hour < 5; hour++)
        {
            scene.Settle($"r-{hour}");
            scene.Time.Advance(TimeSpan.FromHours(1));
        }

        await scene.FlushAsync();
        var noon = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
        var page = (await scene.Books.Records.ReadAsync(new RecordQuery { From = noon.AddHours(1), To = noon.AddHours(3), Limit = 10 }, default)).Found!;

        Assert.Equal(["r-2", "r-1"], page.Records.Select(static record => record.Id));
    }

    [Fact]
    public async Task Retention_DaysPassed_DeletesWhatIsOlderAndNothingElse()
    {
        var scene = new RecordScene(keepDays: 2);
        for (var day = 0; day < 5; day++)
        {
            scene.Settle($"r-{day}");
            await scene.FlushAsync();
            if (day < 4)
                scene.Time.Advance(TimeSpan.FromDays(1));
        }

        await scene.Books.RetainRecordsAsync(default);
        await scene.Books.RetainRecordsAsync(default);

        Assert.Equal(["r-4", "r-3", "r-2"], await scene.ListAsync());
        Assert.Null(await scene.FindAsync("r-1"));
        Assert.Equal(6, (await scene.Store.QueryPageAsync(RecordTables.Records, TableQuery.All)).Entities.Count);
    }

    [Fact]
    public async Task Retention_BreaksOffAnywhere_TheNextDoesTheRest()
    {
        var scene = new RecordScene(keepDays: 1);
        for (var number = 0; number < 300; number++)
            scene.Settle($"r-{number}");
        await scene.FlushAsync();
        scene.Time.Advance(TimeSpan.FromDays(3));
        scene.Settle("young");
        await scene.FlushAsync();
        var fickle = new FickleStore(scene.Store, new SeededRandomSource(1));
        var retention = new RecordRetention(fickle, scene.Models, scene.Time);

        for (var calls = 0; ; calls++)
        {
            fickle.CallsLeft = calls;
            if (await Record.ExceptionAsync(async () => await retention.RunAsync(default)) is null)
                break;
        }

        Assert.Equal(["young"], await scene.ListAsync());
    }

    /// <summary>A router that could not load its configuration keeps no records either, and must not erase those there are.</summary>
    [Fact]
    public async Task Retention_SwitchedOff_DeletesNothing()
    {
        var scene = new RecordScene();
        scene.Settle("r-1");
        await scene.FlushAsync();
        scene.Time.Advance(TimeSpan.FromDays(1000));
        scene.Models.Publish(RecordScene.Configure(0));

        await scene.Books.RetainRecordsAsync(default);

        Assert.Equal(2, (await scene.Store.QueryPageAsync(RecordTables.Records, TableQuery.All)).Entities.Count);
    }

    [Fact]
    public async Task Flush_AnswersGetLost_EveryRecordStandsThereOnce()
    {
        var fickle = new FickleStore(new MemoryTableStore(TimeProvider.System), new SeededRandomSource(3)) { LostShare = 0.3 };
        var scene = new RecordScene(store: fickle);
        for (var number = 0; number < 200; number++)
        {
            scene.Settle($"r-{number}");
            scene.Time.Advance(TimeSpan.FromSeconds(1));
            if (number % 10 == 0)
                await Record.ExceptionAsync(() => scene.FlushAsync());
        }

        fickle.LostShare = 0;
        await scene.FlushAsync();

        Assert.True(fickle.Lost > 5);
        Assert.Equal(Enumerable.Range(0, 200).Reverse().Select(static number => $"r-{number}"), await scene.ListAsync());
    }

    [Fact]
    public async Task Store_IsDown_KeepsSoManyAndSaysOnceThatItDropsTheOthers()
    {
        using var logs = new LogCollector();
        using var loggers = LoggerFactory.Create(builder => builder.AddProvider(logs));
        var fickle = new FickleStore(new MemoryTableStore(TimeProvider.System), new SeededRandomSource(1)) { CallsLeft = 0 };
        var scene = new RecordScene(store: fickle, options: new RecordOptions { Capacity = 10 }, loggers: loggers);
        for (var number = 0; number < 25; number++)
        {
            scene.Settle($"r-{number}");
            await Record.ExceptionAsync(() => scene.FlushAsync());
            scene.Time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Contains("10 wait, and further ones are dropped", Assert.Single(logs.Entries).Message, StringComparison.Ordinal);
        fickle.CallsLeft = null;
        await scene.FlushAsync();
        await scene.FlushAsync();

        Assert.Contains("15 were dropped", logs.Entries[^1].Message, StringComparison.Ordinal);
        Assert.Equal(2, logs.Entries.Count);
        Assert.Equal(Enumerable.Range(0, 10).Reverse().Select(static number => $"r-{number}"), await scene.ListAsync());
    }

    [Fact]
    public async Task Process_IsKilledAndStartedAgain_KeepsWhatWasFlushed()
    {
        using var folder = new TemporaryFolder();
        var store = await OpenAsync();
        var scene = new RecordScene(store: store);
        scene.Settle("kept");
        await scene.FlushAsync();
        scene.Settle("lost");
        await store.DisposeAsync();

        await using var reopened = await OpenAsync();

        Assert.Equal(["kept"], await new RecordScene(store: reopened).ListAsync());

        Task<SqliteTableStore> OpenAsync() => SqliteTableStore.OpenAsync(
            new SqliteTableStoreOptions { Folder = folder.Path }, TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger<SqliteTableStore>.Instance, default);
    }
}
