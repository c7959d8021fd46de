using ServerlessRouter.Core.Tests.State.Sqlite;
using ServerlessRouter.Recording.Usage;
using ServerlessRouter.State;
using ServerlessRouter.State.Memory;
using ServerlessRouter.State.Sqlite;
using ServerlessRouter.Testing.Chance;
using ServerlessRouter.Testing.Time;
using Xunit;

namespace ServerlessRouter.Core.Tests.Recording.Usage;

/// <summary>What a chart over thirteen months of 50 keys and 10 models reads: few rows, and the right figures.</summary>
public sealed class UsageHistoryTests : IAsyncLifetime, IDisposable
{
    private const int Days = 395;
    private const int Keys = 50;
    private const int Models = 10;
    private const int RequestsOfEach = 7;
    private const int MaxRows = 2000;

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
        var store = new CountingStore(isInSqlite ? _sqlite = await OpenAsync() : new MemoryTableStore(_time));
        await FillAsync(store);

        await AssertAsync(store, UsageBucket.Day, UsageGroups.None, sums: Days, maxRows: 420);
        await AssertAsync(store, UsageBucket.Day, UsageGroups.Model, sums: Days * Models, maxRows: 700);
        await AssertAsync(store, UsageBucket.Window, UsageGroups.Key | UsageGroups.Model, sums: Keys * Models, maxRows: 80);
        await AssertAsync(store, UsageBucket.Window, UsageGroups.Key | UsageGroups.Tier | UsageGroups.Tags, sums: Keys, maxRows: 80);
        await AssertAsync(store, UsageBucket.Window, UsageGroups.Task | UsageGroups.Status, sums: 4, maxRows: 80);
    }

    [Fact]
    public async Task Read_OneKeysOwnThirteenMonths_ReadsFewRows()
    {
        var store = new CountingStore(new MemoryTableStore(_time));
        await FillAsync(store);

        store.Rows = 0;
        var sums = await ReadAsync(store, Query(UsageBucket.Day, UsageGroups.Model) with { Key = "key-7" });

        Assert.Equal((long)Days * Models * RequestsOfEach, sums.Sum(static sum => sum.Tally.Requests));
        Assert.InRange(store.Rows, Days, MaxRows);
    }

    private async Task AssertAsync(CountingStore store, UsageBucket bucket, UsageGroups groups, int sums, int maxRows)
    {
        store.Rows = 0;
        var found = await ReadAsync(store, Query(bucket, groups));

        Assert.Equal(sums, found.Count);
        Assert.Equal((long)Days * Keys * Models * RequestsOfEach, found.Sum(static sum => sum.Tally.Requests));
        Assert.Equal(Days * Keys * Models * 0.01m, found.Sum(static sum => sum.Tally.CostUsd));
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

    private async Task<List<UsageSum>> ReadAsync(CountingStore store, UsageQuery query)
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

    /// <summary>The sums of every day as a roll-up leaves them, and of the months that it makes of them.</summary>
    private async Task FillAsync(ITableStore store)
    {
        var whole = Day();
        var pages = UsageView.All.Select(view => (View: view, Pages: UsagePages.Write(whole.Of(view)))).ToList();
        var today = UsageTables.DayOf(_time.GetUtcNow());
        for (var day = today.AddDays(-Days); day < today; day = day.AddDays(1))
        {
            foreach (var (view, some) in pages)
            {
                for (var number = 0; number < some.Count; number++)
                    await store.WriteAsync(UsageShelf.Table, TableOperation.Insert(UsagePages.Row(UsageShelf.Partition(day), $"{UsageShelf.SumKey(UsageShelf.Day, view, day)}{number}", some[number])));
            }
        }

        var summing = new UsageSumming(store);
        for (var month = UsageShelf.MonthOf(today.AddDays(-Days)); month < UsageShelf.MonthOf(today); month = month.AddMonths(1))
            Assert.True(await summing.SumMonthAsync(month, default));
        await store.WriteAsync(UsageShelf.Table, new UsageStanding(today.AddHours(9), DateTimeOffset.UnixEpoch, null).Write());
    }

    private static UsageBook Day()
    {
        var (book, luck) = (new UsageBook(), new SeededRandomSource(1));
        for (var key = 0; key < Keys; key++)
        {
            for (var model = 0; model < Models; model++)
            {
                var cell = book.CellOf(0, new UsageDimensions
                {
                    Key = $"key-{key}", Tier = "pro", Tags = $"team={key}", Route = "auto", ModelAsked = "auto", Model = $"model-{model}", Deployment = $"vendor/{model}",
                    Task = model % 2 == 0 ? "code" : "chat", Status = key % 2 == 0 ? 200 : 429,
                });
                cell.Tally = new UsageTally { Requests = RequestsOfEach, Attempts = RequestsOfEach, PromptTokens = 1000, CompletionTokens = 100, CostUsd = 0.01m };
                for (var request = 0; request < RequestsOfEach; request++)
                {
                    cell.OwnTimes().Latency.Add(0.5 + (luck.NextDouble() * 3.5));
                    cell.OwnTimes().Overhead.Add(0.001);
                }
            }
        }

        return book;
    }

    private Task<SqliteTableStore> OpenAsync() => SqliteTableStore.OpenAsync(
        new SqliteTableStoreOptions { Folder = _folder.Path }, TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger<SqliteTableStore>.Instance, default);

    /// <summary>Counts the rows that are read.</summary>
    private sealed class CountingStore(ITableStore store) : ITableStore
    {
        public int Rows { get; set; }

        public ValueTask<TableWriteResult> WriteAsync(string table, TableOperation operation, CancellationToken cancellationToken = default) => store.WriteAsync(table, operation, cancellationToken);

        public ValueTask<TableTransactionResult> TransactAsync(string table, IReadOnlyList<TableOperation> operations, CancellationToken cancellationToken = default) =>
            store.TransactAsync(table, operations, cancellationToken);

        public async ValueTask<TableEntity?> GetAsync(string table, string partitionKey, string rowKey, CancellationToken cancellationToken = default)
        {
            Rows++;
            return await store.GetAsync(table, partitionKey, rowKey, cancellationToken);
        }

        public async ValueTask<TablePage> QueryPageAsync(string table, TableQuery query, string? continuation = null, CancellationToken cancellationToken = default)
        {
            var page = await store.QueryPageAsync(table, query, continuation, cancellationToken);
            Rows += page.Entities.Count;
            return page;
        }
    }
}
