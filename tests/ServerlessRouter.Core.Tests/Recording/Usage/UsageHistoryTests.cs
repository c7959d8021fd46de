using ServerlessRouter.Core.Tests.State.Sqlite;
using ServerlessRouter.Recording.Usage;
using ServerlessRouter.State.Memory;
using ServerlessRouter.State.Sqlite;
using ServerlessRouter.Testing.Books;
using ServerlessRouter.Testing.Diagnostics;
using ServerlessRouter.Testing.Time;
using Xunit;
using static ServerlessRouter.Testing.Books.ThirteenMonths;

namespace ServerlessRouter.Core.Tests.Recording.Usage;

/// <summary>What a chart over thirteen months of 50 keys and 10 models reads: few rows, and the right figures.</summary>
public sealed class UsageHistoryTests : IAsyncLifetime, IDisposable
{
    private const int MaxRows = 2000;

    /// <summary>Of the 13 MB that the rows hold of all keys.</summary>
    private const long MaxBytesOfOneKey = 2_000_000;

    private readonly ManualTimeProvider _time = new(new DateTimeOffset(2027, 2, 20, 9, 30, 0, TimeSpan.Zero));
    private readonly TemporaryFolder _folder = new();
    private SqliteTableStore? _sqlite;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_sqlite is not null)
            await _sqlite.DisposeAsync();
    }

    public void Dispose() => _folder.Dispose();

    [Theory, InlineData(false), InlineData(true)]
    public async Task Read_ThirteenMonths_ReadsFewRowsAndMissesNothing(bool isInSqlite)
    {
        var store = new CountedStore(isInSqlite ? _sqlite = await OpenAsync() : new MemoryTableStore(_time));
        await FillAsync(store, _time);

        await AssertAsync(store, UsageBucket.Day, UsageGroups.None, sums: Days, maxRows: 420);
        await AssertAsync(store, UsageBucket.Day, UsageGroups.Model, sums: Days * Models, maxRows: 700);
        await AssertAsync(store, UsageBucket.Window, UsageGroups.Key | UsageGroups.Model, sums: ThirteenMonths.Keys * Models, maxRows: 80);
        await AssertAsync(store, UsageBucket.Window, UsageGroups.Key | UsageGroups.Tier | UsageGroups.Tags, sums: ThirteenMonths.Keys, maxRows: 80);
        await AssertAsync(store, UsageBucket.Window, UsageGroups.Task | UsageGroups.Status, sums: 4, maxRows: 80);
    }

    [Fact]
    public async Task Read_OneKeysOwnThirteenMonths_ReadsFewRowsAndLittleOfOtherKeys()
    {
        var store = new CountedStore(new MemoryTableStore(_time));
        await FillAsync(store, _time);

        store.Begin();
        var sums = await ReadAsync(store, Query(UsageBucket.Day, UsageGroups.Model) with { Key = "key-7" });

        Assert.Equal((long)Days * Models * RequestsOfEach, sums.Sum(static sum => sum.Tally.Requests));
        Assert.Equal(Days * Models * CostUsdOfEach, sums.Sum(static sum => sum.Tally.CostUsd));
        Assert.InRange(store.Rows, Days, MaxRows);
        Assert.InRange(store.Bytes, 1, MaxBytesOfOneKey);
    }

    [Fact]
    public async Task Read_ThirteenMonthsByDayAndModel_AsksTheStoreFewTimes()
    {
        var store = new CountedStore(new MemoryTableStore(_time));
        await FillAsync(store, _time);

        store.Begin();
        var sums = await ReadAsync(store, Query(UsageBucket.Day, UsageGroups.Model));

        Assert.Equal(Days * Models, sums.Count);
        Assert.InRange(store.Reads, 1, 70);
    }

    private async Task AssertAsync(CountedStore store, UsageBucket bucket, UsageGroups groups, int sums, int maxRows)
    {
        store.Begin();
        var found = await ReadAsync(store, Query(bucket, groups));

        Assert.Equal(sums, found.Count);
        Assert.Equal((long)Days * ThirteenMonths.Keys * Models * RequestsOfEach, found.Sum(static sum => sum.Tally.Requests));
        Assert.Equal(Days * ThirteenMonths.Keys * Models * CostUsdOfEach, found.Sum(static sum => sum.Tally.CostUsd));
        Assert.All(found, static sum => Assert.InRange(sum.Times.Latency.Quantile(0.5)!.Value, 0.4, 4.2));
        Assert.InRange(store.Rows, 1, maxRows);
    }

    private UsageQuery Query(UsageBucket bucket, UsageGroups groups) => new()
    {
        From = UsageTables.DayOf(_time.GetUtcNow()).AddDays(-Days),
        To = UsageTables.DayOf(_time.GetUtcNow()).AddDays(1),
        Bucket = bucket,
        Groups = groups,
        TagNames = groups.HasFlag(UsageGroups.Tags) ? ["team"] : [],
        Limit = 1000,
    };

    private async Task<List<UsageSum>> ReadAsync(CountedStore store, UsageQuery query)
    {
        var (reader, sums) = (new UsageReader(store, new UsageOptions(), _time), new List<UsageSum>());
        do
        {
            var before = store.Rows;
            var page = (await reader.ReadAsync(query, default)).Page!;
            Assert.InRange(store.Rows - before, 0, MaxRows);
            sums.AddRange(page.Sums);
            query = query with { After = page.Next };
        }
        while (query.After is not null);
        return sums;
    }

    private Task<SqliteTableStore> OpenAsync() => SqliteTableStore.OpenAsync(
        new SqliteTableStoreOptions { Folder = _folder.Path }, TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger<SqliteTableStore>.Instance, default);
}
