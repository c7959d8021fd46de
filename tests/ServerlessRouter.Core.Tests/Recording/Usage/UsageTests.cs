using ServerlessRouter.Configuration;
using ServerlessRouter.Core.Tests.State.Sqlite;
using ServerlessRouter.Domain;
using ServerlessRouter.Errors;
using ServerlessRouter.Recording.Usage;
using ServerlessRouter.State;
using ServerlessRouter.State.Sqlite;
using ServerlessRouter.Testing.Chance;
using ServerlessRouter.Testing.Models;
using Xunit;

namespace ServerlessRouter.Core.Tests.Recording.Usage;

/// <summary>Who used what: nothing is lost and nothing counts twice, whatever becomes of instances, the store and the roll-up.</summary>
public sealed class UsageTests
{
    private const char Source = 's';

    private readonly UsageFleet _fleet = new();

    [Fact]
    public async Task Flush_ByTwoInstances_AddsUpByKeyHourAndDay()
    {
        var (one, other) = (_fleet.Join(), _fleet.Join());
        _fleet.Settle(one);
        _fleet.Settle(one, key: null);
        _fleet.Settle(other);
        _fleet.Time.Advance(TimeSpan.FromHours(1));
        _fleet.Settle(one);
        _fleet.Settle(one, model: "large");

        await UsageFleet.FlushAsync(one);
        await UsageFleet.FlushAsync(other);

        await _fleet.AssertCompleteAsync();
    }

    [Fact]
    public async Task Flush_AgainWithMore_ReplacesWhatTheInstanceWroteBefore()
    {
        var books = _fleet.Join();
        for (var count = 0; count < 5; count++)
        {
            _fleet.Settle(books);
            await UsageFleet.FlushAsync(books);
            await UsageFleet.FlushAsync(books);
        }

        Assert.Equal(1, await _fleet.CountAsync(Source));
        await _fleet.AssertCompleteAsync();
    }

    [Fact]
    public async Task Settled_AfterFailuresAndFallback_CountsOnceWithTheModelThatAnsweredAndBillsEachModel()
    {
        var books = _fleet.Join();
        var context = UsageFleet.Begin("team");
        UsageFleet.Attempt(context, "mini", new AttemptFailure(FailureKind.CutBeforeCommit, "cut"), new TokenUsage(10, 1) { IsEstimated = true }, 0.01m);
        context.Answered = UsageFleet.Attempt(context, "large", null, new TokenUsage(10, 5), 0.2m);
        books.Listener.OnSettled(context);
        await UsageFleet.FlushAsync(books);

        var sums = await _fleet.ReadAsync(UsageBucket.Day, UsageGroups.Model | UsageGroups.Deployment | UsageGroups.Status | UsageGroups.Route);

        Assert.Equal(
            [
                (new UsageDimensions { Route = "auto", Model = "large", Deployment = "simulated/large", Status = 200 }, new UsageTally { Requests = 1, Attempts = 1, PromptTokens = 10, CompletionTokens = 5, CostUsd = 0.2m }),
                (new UsageDimensions { Route = "auto", Model = "mini", Deployment = "simulated/mini", Status = 200 }, new UsageTally { Attempts = 1, FailedAttempts = 1, EstimatedAttempts = 1, PromptTokens = 10, CompletionTokens = 1, CostUsd = 0.01m }),
            ],
            sums.Select(static sum => (sum.Group, sum.Tally)));
    }

    [Theory]
    [InlineData("79228162514264337593543950335")]
    [InlineData("-79228162514264337593543950335")]
    [InlineData("much")]
    public async Task Read_RowsWhoseCostsCannotBeAdded_HideNoOthersAndRollUp(string cost)
    {
        var books = _fleet.Join();
        _fleet.Settle(books);
        await UsageFleet.FlushAsync(books);
        var hour = UsageTables.HourOf(_fleet.Time.GetUtcNow());
        foreach (var writer in new[] { "old.0", "old.1" })
        {
            var dimensions = new UsageDimensions { Key = "team", Route = "auto", Model = "spoilt", Status = 200 };
            var row = UsageRow.Write(UsageTables.Partition(hour, dimensions.Hash()), UsageTables.PartKey(UsageTables.Part, hour, dimensions.Hash(), writer), dimensions, new UsageTally { Requests = 1 });
            var spoilt = new Dictionary<string, TableValue>(row.Properties) { [nameof(UsageTally.CostUsd)] = cost };
            await _fleet.Store.WriteAsync(UsageTables.Usage, TableOperation.Insert(new TableEntity(row.PartitionKey, row.RowKey) { Properties = spoilt }));
        }

        Assert.Equal(3, Assert.Single(await _fleet.ReadAsync(UsageBucket.Hour)).Tally.Requests);
        _fleet.Time.Advance(TimeSpan.FromDays(2));
        await new EarlierRollUp(_fleet.Store, _fleet.Options, _fleet.Time).RunAsync(default);

        var models = await _fleet.ReadAsync(UsageBucket.Day, UsageGroups.Model);
        Assert.Equal([("mini", 1L), ("spoilt", 2L)], models.Select(static sum => (sum.Group.Model!, sum.Tally.Requests)));
        Assert.Equal(UsageFleet.CostUsd, models[0].Tally.CostUsd);
        Assert.Equal(0, await _fleet.CountAsync(UsageTables.Part, UsageTables.Usage));
    }

    [Fact]
    public async Task Settled_CostsOfTheLargestNumber_AreWrittenWithTheOthers()
    {
        var books = _fleet.Join();
        for (var count = 0; count < 2; count++)
        {
            var context = UsageFleet.Begin("team");
            context.Answered = UsageFleet.Attempt(context, "large", null, new TokenUsage(10, 5), decimal.MaxValue);
            context.CostUsd = context.SpentUsd;
            books.Listener.OnSettled(context);
        }

        _fleet.Settle(books, key: "other");
        await UsageFleet.FlushAsync(books);

        Assert.Equal([2L, 1L], (await _fleet.ReadAsync(UsageBucket.Day)).OrderBy(static sum => sum.Group.Key == "other").Select(static sum => sum.Tally.Requests));
    }

    [Fact]
    public async Task Settled_WithoutAnswer_IsAFailureOfNoModel()
    {
        var books = _fleet.Join();
        var context = UsageFleet.Begin("team");
        context.Error = new RouterError(RouterErrorCode.TemporarilyUnavailable, "no model is there");
        books.Listener.OnSettled(context);
        await UsageFleet.FlushAsync(books);

        var sum = Assert.Single(await _fleet.ReadAsync(UsageBucket.Day, UsageGroups.Model | UsageGroups.Status));

        Assert.Equal((null, 503), (sum.Group.Model, sum.Group.Status));
        Assert.Equal(new UsageTally { Requests = 1, Failures = 1 }, sum.Tally);
    }

    [Fact]
    public async Task Read_RowsOfAnEarlierVersion_CountWithTheRest()
    {
        var books = _fleet.Join();
        for (var hour = 0; hour < 30; hour++)
        {
            await _fleet.WriteEarlierAsync(writers: 3);
            _fleet.Settle(books, hour % 2 == 0 ? "team" : null);
            await UsageFleet.FlushAsync(books);
            _fleet.Time.Advance(TimeSpan.FromHours(1));
        }

        await _fleet.AssertCompleteAsync();
        await books.RollUpAsync(default);

        await _fleet.AssertCompleteAsync();
        Assert.Equal(120, (await _fleet.ReadAsync(UsageBucket.Window, UsageGroups.None)).Single().Tally.Requests);
    }

    [Fact]
    public async Task Router_WithoutAStore_KeepsUsageForLessTimeThanWithOne()
    {
        var models = new RouterModelSource(new RouterBuilder().Model("mini").Build());
        await using var inMemory = RouterServices.Create(new RouterServicesOptions { Models = models });
        await using var overStore = RouterServices.Create(new RouterServicesOptions { Models = models, Store = _fleet.Store });

        Assert.Equal((3, 60), (inMemory.Books.Usage.HourlyDays, inMemory.Books.Usage.KeptDays));
        Assert.Equal((35, 400), (overStore.Books.Usage.HourlyDays, overStore.Books.Usage.KeptDays));
    }

    [Fact]
    public async Task Store_IsDown_CountsStayInMemoryAndAreWrittenAfterwards()
    {
        var fickle = new FickleStore(_fleet.Store, new SeededRandomSource(1)) { CallsLeft = 0 };
        var books = _fleet.Join(fickle);
        for (var hour = 0; hour < 3; hour++)
        {
            _fleet.Settle(books);
            await Assert.ThrowsAsync<TableStoreUnavailableException>(() => UsageFleet.FlushAsync(books));
            _fleet.Time.Advance(TimeSpan.FromHours(1));
        }

        fickle.CallsLeft = null;
        await UsageFleet.FlushAsync(books);

        await _fleet.AssertCompleteAsync();
    }

    [Fact]
    public async Task Process_IsKilledAndStartedAgain_KeepsWhatWasFlushedAndAddsToIt()
    {
        using var folder = new TemporaryFolder();
        UsageFleet fleet;
        var store = await OpenAsync();
        fleet = new UsageFleet(store);
        var books = fleet.Join();
        fleet.Settle(books);
        await UsageFleet.FlushAsync(books);
        // Settled and never flushed: what a kill may lose.
        books.Listener.OnSettled(UsageFleet.Answered("team"));
        await store.DisposeAsync();

        await using var reopened = await OpenAsync();
        var restarted = new UsageFleet(reopened);
        books = restarted.Join();
        restarted.Settle(books);
        await UsageFleet.FlushAsync(books);

        Assert.Equal(2, Assert.Single(await restarted.ReadAsync(UsageBucket.Day)).Tally.Requests);

        Task<SqliteTableStore> OpenAsync() => SqliteTableStore.OpenAsync(
            new SqliteTableStoreOptions { Folder = folder.Path }, TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger<SqliteTableStore>.Instance, default);
    }

    [Theory, InlineData(1), InlineData(7), InlineData(1000)]
    public async Task Read_InPages_GivesEverySumOnceAndInOrder(int limit)
    {
        var books = _fleet.Join();
        for (var day = 0; day < 40; day++)
        {
            foreach (var key in new[] { "a", "b", null })
                _fleet.Settle(books, key);
            await UsageFleet.FlushAsync(books);
            _fleet.Time.Advance(TimeSpan.FromDays(1));
        }

        var today = UsageTables.DayOf(_fleet.Time.GetUtcNow());
        var sums = await _fleet.ReadAsync(new UsageQuery { From = today.AddDays(-50), To = today, Groups = UsageGroups.Key, Limit = limit });

        Assert.Equal(120, sums.Count);
        Assert.Equal(sums.OrderBy(static sum => sum.From).ThenBy(static sum => sum.Group.Key, StringComparer.Ordinal), sums);
        Assert.Equal(120, sums.DistinctBy(static sum => (sum.From, sum.Group)).Count());
    }

    [Fact]
    public async Task Read_OnlyOneCallersOrSomeRoutes_LeavesTheOthersOut()
    {
        var books = _fleet.Join();
        _fleet.Settle(books, "team", "mini");
        _fleet.Settle(books, "team", "large");
        _fleet.Settle(books, null, "mini");
        await UsageFleet.FlushAsync(books);
        var today = UsageTables.DayOf(_fleet.Time.GetUtcNow());
        var all = new UsageQuery { From = today, To = today.AddDays(1), Limit = 10 };

        Assert.Equal(3, Assert.Single(await _fleet.ReadAsync(all)).Tally.Requests);
        Assert.Equal(2, Assert.Single(await _fleet.ReadAsync(all with { Key = "team" })).Tally.Requests);
        Assert.Equal(1, Assert.Single(await _fleet.ReadAsync(all with { Key = "" })).Tally.Requests);
        Assert.Equal(1, Assert.Single(await _fleet.ReadAsync(all with { Key = "team", Model = "large" })).Tally.Requests);
        Assert.Empty(await _fleet.ReadAsync(all with { Route = "other" }));
    }
}
