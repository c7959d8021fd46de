using Azure.Data.Tables;
using Microsoft.Extensions.Logging.Abstractions;
using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using ServerlessRouter.Functions.State;
using ServerlessRouter.Functions.Tests.State;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Recording;
using ServerlessRouter.Recording.Usage;
using ServerlessRouter.State;
using ServerlessRouter.Testing.Chance;
using ServerlessRouter.Testing.Models;
using ServerlessRouter.Testing.Time;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.Functions.Tests.Recording;

/// <summary>Usage of several instances over tables of Azure Storage, against Azurite.</summary>
public sealed class TableServiceUsageTests(Azurite azurite) : IClassFixture<Azurite>, IAsyncLifetime
{
    private const int Instances = 8;
    private const int Hours = 26;
    private const decimal CostUsd = 0.000_125m;

    private static readonly RouterModel Router = new RouterBuilder().Model("mini").Route("auto", static route => route.Candidates("mini")).Build();

    private readonly ManualTimeProvider _time = new(new DateTimeOffset(2026, 3, 30, 23, 10, 0, TimeSpan.Zero));
    private TableServiceClient _service = null!;
    private ITableStore _store = null!;

    public async Task InitializeAsync()
    {
        _service = new TableServiceClient(await azurite.ConnectAsync());
        _store = new TableServiceStore(_service);
    }

    public Task DisposeAsync() => _service.DeleteTableAsync(UsageShelf.Table);

    /// <summary>Over the end of a month, with two roll-ups at a time.</summary>
    [Fact]
    public async Task Usage_OfEightInstances_CountsOnceHoweverItIsTold()
    {
        var instances = Enumerable.Range(0, Instances).Select(seed => new Accounting(
            _store, new RouterModelSource(Router), new AccountingOptions(), _time, new SeededRandomSource(seed), NullLoggerFactory.Instance)).ToList();
        for (var hour = 0; hour < Hours; hour++)
        {
            await Task.WhenAll(instances.Select(async (books, number) =>
            {
                for (var request = 0; request <= number; request++)
                    books.Listener.OnSettled(Answered($"key-{number}"));
                await books.Flush.RunAsync(default);
            }));
            _time.Advance(TimeSpan.FromHours(1));
            await Task.WhenAll(instances.Take(2).Select(books => books.RollUpAsync(default).AsTask()));
        }

        const int Requests = Hours * Instances * (Instances + 1) / 2;
        foreach (var bucket in Enum.GetValues<UsageBucket>())
        {
            var sums = await ReadAsync(instances[0].Usage, bucket);
            Assert.Equal((Requests, Requests * CostUsd), (sums.Sum(static sum => sum.Tally.Requests), sums.Sum(static sum => sum.Tally.CostUsd)));
            Assert.Equal(Instances, sums.DistinctBy(static sum => sum.Group.Key).Count());
        }
    }

    private static async Task<List<UsageSum>> ReadAsync(UsageReader reader, UsageBucket bucket)
    {
        var sums = new List<UsageSum>();
        var query = new UsageQuery { From = reader.Today.AddDays(-2), To = reader.Today.AddDays(1), Bucket = bucket, Groups = UsageGroups.Key, Limit = 100 };
        do
        {
            var page = (await reader.ReadAsync(query, default)).Page!;
            sums.AddRange(page.Sums);
            query = query with { After = page.Next };
        }
        while (query.After is not null);
        return sums;
    }

    private static RequestContext Answered(string key)
    {
        var context = new RequestContext("r-1", Router, ScannedRequest.Of(ChatBodies.Plain()), new ListedHeaders(), 0) { CallerName = key, Route = Router.Targets["auto"] };
        var attempt = new AttemptContext(context, Router.ModelsByName["mini"], DeploymentChoice.Fresh) { Deployment = Router.ModelsByName["mini"].Deployments[0], WasSent = true };
        attempt.End(1, null, new TokenUsage(10, 5), CostUsd);
        context.Attempts.Add(attempt);
        context.Answered = attempt;
        return context;
    }
}
