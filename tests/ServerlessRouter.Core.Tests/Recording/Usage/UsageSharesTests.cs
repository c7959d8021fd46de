using ServerlessRouter.Recording.Usage;
using ServerlessRouter.State;
using ServerlessRouter.State.Memory;
using ServerlessRouter.Testing.Diagnostics;
using ServerlessRouter.Testing.Time;
using Xunit;

namespace ServerlessRouter.Core.Tests.Recording.Usage;

/// <summary>Large sums in shares of the keys: one key's usage is read with little of the others', whole, and the figures are the same as together.</summary>
public sealed class UsageSharesTests
{
    private const int Keys = 150;

    private readonly CountedStore _store = new(new MemoryTableStore(new ManualTimeProvider(DateTimeOffset.UnixEpoch)));
    private readonly UsageFleet _fleet;

    public UsageSharesTests() => _fleet = new UsageFleet(_store);

    [Fact]
    public async Task Read_EachOfManyKeys_AddsUpExactlyToWhatAllUsed()
    {
        await UseAsync(days: 2);

        await _fleet.AssertCompleteAsync();
        await AssertEachKeyAsync();
    }

    [Fact]
    public async Task Read_OneOfManyKeys_ReadsLittleOfTheOthers()
    {
        await UseAsync(days: 2);

        _store.Begin();
        await _fleet.ReadAsync(Query(UsageBucket.Day));
        var all = _store.Bytes;
        _store.Begin();
        await _fleet.ReadAsync(Query(UsageBucket.Day) with { Key = "key-7" });

        Assert.InRange(_store.Bytes, 1, all / 6);
    }

    [Fact]
    public async Task Read_DaysWhoseSumsAnEarlierVersionMade_CountBesideTheOthers()
    {
        await UseAsync(days: 2);
        var earlier = await PutTogetherAsync(UsageTables.DayOf(_fleet.Time.GetUtcNow()).AddDays(-1));

        Assert.NotEqual(0, earlier);
        await _fleet.AssertCompleteAsync();
        await AssertEachKeyAsync();
    }

    [Fact]
    public async Task RollUp_SumsThatAnEarlierVersionMade_AreMadeAnewWithTheSameFigures()
    {
        var late = _fleet.Join();
        _fleet.Settle(late, "key-7");
        await UseAsync(days: 2);
        var day = UsageTables.DayOf(_fleet.Time.GetUtcNow());
        foreach (var before in new[] { 1, 2, 3 })
            await PutTogetherAsync(day.AddDays(-before));

        await UsageFleet.FlushAsync(late);
        await _fleet.Join().RollUpAsync(default);

        await _fleet.AssertCompleteAsync();
        await AssertEachKeyAsync();
    }

    [Fact]
    public async Task Rows_ManyKeysAndOneThatUsedTheMost_FitTheStoreAndMissNothing()
    {
        var book = new UsageBook();
        for (var place = 0; place < 8000; place++)
        {
            // The first key alone needs several properties.
            var key = place < 2000 ? "key-0" : $"key-{place % 1000}";
            var cell = book.CellOf(0, new UsageDimensions { Key = key, Route = "auto", ModelAsked = $"{place:D128}", Status = 200 });
            cell.Tally = new UsageTally { Requests = place + 1, CostUsd = 0.000_001m * (place + 1) };
            cell.OwnTimes().Latency.Add(0.001 * (place + 1));
        }

        var view = UsageView.For(UsageGroups.Key | UsageGroups.ModelAsked);
        var rows = UsagePages.Rows("202603", UsageShelf.SumKey(UsageShelf.Day, view, new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero)), book.Of(view), view).ToList();
        foreach (var some in rows.Chunk(3))
            Assert.True((await _store.TransactAsync(UsageShelf.Table, [.. some.Select(TableOperation.Insert)])).IsDone);

        foreach (var key in new[] { "key-0", "key-999", null })
        {
            var own = new UsageBook();
            await foreach (var row in _store.QueryAsync(UsageShelf.Table, TableQuery.All with { Properties = key is null ? null : UsageShares.PropertiesOf(key) }))
                UsagePages.Read(row, (minute, dimensions) => key is null || dimensions.Key == key ? own.CellOf(minute, dimensions) : null);
            Assert.Equal(book.Cells.Where(cell => key is null || cell.Key.Dimensions.Key == key).Sum(static cell => cell.Value.Tally.CostUsd), own.Cells.Sum(static cell => cell.Value.Tally.CostUsd));
            Assert.Equal(book.Cells.Count(cell => key is null || cell.Key.Dimensions.Key == key), own.Count);
        }
    }

    /// <summary>What is stored relies on it.</summary>
    [Theory, InlineData("key-7", 15), InlineData("team", 0), InlineData("", 2), InlineData("schlüssel", 14)]
    public void Of_AKey_IsTheSameForGood(string key, int share) => Assert.Equal(share, UsageShares.Of(key));

    /// <summary>Keys use two models, on as many days, the last of them yesterday.</summary>
    private async Task UseAsync(int days)
    {
        for (var day = 0; day < days; day++)
        {
            foreach (var books in new[] { _fleet.Join(), _fleet.Join() })
            {
                for (var key = 0; key <= Keys; key++)
                {
                    for (var request = 0; request <= key % 3; request++)
                        _fleet.Settle(books, key == Keys ? null : $"key-{key}", request % 2 == 0 ? "mini" : "large");
                }

                await UsageFleet.FlushAsync(books);
            }

            _fleet.Time.Advance(TimeSpan.FromDays(1));
        }

        await _fleet.Join().RollUpAsync(default);
    }

    /// <summary>What each key's own charts tell is what the chart of all keys tells of it.</summary>
    private async Task AssertEachKeyAsync()
    {
        foreach (var bucket in new[] { UsageBucket.Hour, UsageBucket.Day, UsageBucket.Window })
        {
            var all = await _fleet.ReadAsync(Query(bucket));
            Assert.Equal(Keys + 1, all.DistinctBy(static sum => sum.Group.Key).Count());
            foreach (var key in all.GroupBy(static sum => sum.Group.Key))
            {
                var own = await _fleet.ReadAsync(Query(bucket) with { Key = key.Key ?? "" });
                Assert.Equal(key.Select(static sum => (sum.From, sum.Group, sum.Tally)), own.Select(static sum => (sum.From, sum.Group, sum.Tally)));
            }
        }
    }

    /// <summary>Puts the sums of a day and its hours into the store as an earlier version did, each page in one piece; how many.</summary>
    private async Task<int> PutTogetherAsync(DateTimeOffset day)
    {
        var count = 0;
        await foreach (var row in _store.QueryAsync(UsageShelf.Table, TableQuery.InPartition(UsageShelf.Partition(day))))
        {
            if (row.RowKey[0] is not (UsageShelf.Day or UsageShelf.Hour) || UsageTables.DayOf(UsageShelf.StartOf(row)) != day || row.Properties.ContainsKey("P00"))
                continue;
            var book = new UsageBook();
            UsagePages.Read(row, (minute, dimensions) => book.CellOf(minute, dimensions));
            await _store.WriteAsync(UsageShelf.Table, TableOperation.UpsertReplace(UsagePages.Row(row.PartitionKey, row.RowKey, Assert.Single(UsagePages.Write(book)))));
            count++;
        }

        return count;
    }

    private UsageQuery Query(UsageBucket bucket) => new()
    {
        From = UsageTables.DayOf(_fleet.Time.GetUtcNow()).AddDays(-5),
        To = UsageTables.DayOf(_fleet.Time.GetUtcNow()).AddDays(1),
        Bucket = bucket,
        Groups = UsageGroups.Key | UsageGroups.Model,
        Limit = 1000,
    };
}
