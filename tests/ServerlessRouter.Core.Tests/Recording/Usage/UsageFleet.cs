using Microsoft.Extensions.Logging.Abstractions;
using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Recording;
using ServerlessRouter.Recording.Usage;
using ServerlessRouter.State;
using ServerlessRouter.State.Memory;
using ServerlessRouter.Testing;
using ServerlessRouter.Testing.Chance;
using ServerlessRouter.Testing.Models;
using ServerlessRouter.Testing.Time;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.Core.Tests.Recording.Usage;

/// <summary>The books of several instances over one store, on a clock that the test moves, and what must stand in them.</summary>
internal sealed class UsageFleet(ITableStore? store = null)
{
    public const decimal CostUsd = 0.000_125m;

    private static int s_seed;
    private static readonly RouterModel Router = new RouterBuilder().Model("mini").Model("large").Route("auto", static route => route.Candidates("mini", "large")).Build();
    private readonly Dictionary<(DateTimeOffset Hour, string? Key), UsageTally> _expected = [];

    public ManualTimeProvider Time { get; } = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    public UsageOptions Options { get; init; } = new();

    public ITableStore Store => field ??= store ?? new MemoryTableStore(Time);

    /// <summary>The books of one more instance.</summary>
    public Accounting Join(ITableStore? over = null) => new(over ?? Store, new RouterModelSource(Router), new AccountingOptions { Usage = Options }, Time, new SeededRandomSource(Interlocked.Increment(ref s_seed)), NullLoggerFactory.Instance);

    /// <summary>A request that was answered, for <see cref="CostUsd"/>, ends at an instance.</summary>
    public void Settle(Accounting books, string? key = "team", string model = "mini")
    {
        books.Listener.OnSettled(Answered(key, model));
        books.TakeIn();
        var hour = UsageTables.HourOf(Time.GetUtcNow());
        _expected[(hour, key)] = _expected.GetValueOrDefault((hour, key))
            + new UsageTally { Requests = 1, Attempts = 1, PromptTokens = 10, CachedTokens = 4, CompletionTokens = 5, ReasoningTokens = 2, CostUsd = CostUsd };
    }

    public static RequestContext Answered(string? key, string model = "mini")
    {
        var context = Begin(key);
        context.Answered = Attempt(context, model, null, new TokenUsage(10, 5) { CachedTokens = 4, ReasoningTokens = 2 }, CostUsd);
        context.CostUsd = context.SpentUsd;
        return context;
    }

    public static RequestContext Begin(string? key) => new("r-1", Router, ScannedRequest.Of(ChatBodies.Plain()), new ListedHeaders(), 0) { CallerName = key, Route = Router.Targets["auto"] };

    public static AttemptContext Attempt(RequestContext context, string model, AttemptFailure? failure, TokenUsage usage, decimal costUsd)
    {
        var known = Router.ModelsByName[model];
        var attempt = new AttemptContext(context, known, DeploymentChoice.Fresh) { Deployment = known.Deployments[0], WasSent = true };
        attempt.End(1, failure, usage, costUsd);
        context.Attempts.Add(attempt);
        return attempt;
    }

    public static async Task FlushAsync(Accounting books) => await books.Flush.RunAsync(default);

    /// <summary>All there is, told apart by key.</summary>
    public async Task<List<UsageSum>> ReadAsync(UsageBucket bucket, UsageGroups groups = UsageGroups.Key, int days = 30) => await ReadAsync(new UsageQuery
    {
        From = UsageTables.DayOf(Time.GetUtcNow()).AddDays(-days),
        To = UsageTables.DayOf(Time.GetUtcNow()).AddDays(1),
        Bucket = bucket,
        Groups = groups,
        Limit = 1000,
    });

    public async Task<List<UsageSum>> ReadAsync(UsageQuery query)
    {
        var (reader, sums, turns) = (new UsageReader(Store, Options, Time), new List<UsageSum>(), new Turns("the last page of the usage"));
        do
        {
            turns.Take();
            var page = (await reader.ReadAsync(query, default)).Page!;
            Assert.InRange(page.Sums.Count, 0, query.Limit);
            sums.AddRange(page.Sums);
            query = query with { After = page.Next is { } next ? UsageCursor.Parse(next.ToString()) : null };
        }
        while (query.After is not null);
        return sums;
    }

    /// <summary>The store holds everything that was settled, once, however it is told.</summary>
    public async Task AssertCompleteAsync()
    {
        var byHour = await ReadAsync(UsageBucket.Hour);
        Assert.Equal(_expected.OrderBy(static hour => hour.Key.Hour).ThenBy(static hour => hour.Key.Key, StringComparer.Ordinal).Select(static hour => (hour.Key.Hour, hour.Key.Key, hour.Value)),
            byHour.Select(static sum => (sum.From, sum.Group.Key, sum.Tally)));
        var byDay = await ReadAsync(UsageBucket.Day);
        Assert.Equal(
            _expected.GroupBy(static hour => (Day: UsageTables.DayOf(hour.Key.Hour), hour.Key.Key)).OrderBy(static day => day.Key.Day).ThenBy(static day => day.Key.Key, StringComparer.Ordinal)
                .Select(static day => (day.Key.Day, day.Key.Key, day.Aggregate(default(UsageTally), static (sum, hour) => sum + hour.Value))),
            byDay.Select(static sum => (sum.From, sum.Group.Key, sum.Tally)));
    }

    /// <summary>How many rows of a kind there are.</summary>
    public async Task<int> CountAsync(char kind, string table = UsageShelf.Table)
    {
        var count = 0;
        await foreach (var row in Store.QueryAsync(table, TableQuery.All))
            count += row.RowKey[0] == kind ? 1 : 0;
        return count;
    }

    /// <summary>Rows as an earlier version wrote them, one for each writer, count with the rest.</summary>
    public async Task WriteEarlierAsync(int writers, string? key = "team")
    {
        var (hour, dimensions) = (UsageTables.HourOf(Time.GetUtcNow()), new UsageDimensions { Key = key, Route = "auto", Model = "mini", Deployment = "simulated/mini", Status = 200 });
        var tally = new UsageTally { Requests = 1, Attempts = 1, PromptTokens = 10, CompletionTokens = 5, CostUsd = CostUsd };
        for (var writer = 0; writer < writers; writer++)
        {
            var row = UsageRow.Write(UsageTables.Partition(hour, dimensions.Hash()), UsageTables.PartKey(UsageTables.Part, hour, dimensions.Hash(), $"old.{writer}"), dimensions, tally);
            await Store.WriteAsync(UsageTables.Usage, TableOperation.Insert(row));
            _expected[(hour, key)] = _expected.GetValueOrDefault((hour, key)) + tally;
        }
    }
}
