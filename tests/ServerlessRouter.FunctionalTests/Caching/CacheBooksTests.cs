using System.Diagnostics.Metrics;
using System.Text;
using ServerlessRouter.FunctionalTests.Jobs;
using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.Testing;
using ServerlessRouter.Testing.Time;
using ServerlessRouter.Testing.Upstreams;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.FunctionalTests.Caching;

/// <summary>Answers from the cache stand in usage, records and batches at no cost, and outlive the process.</summary>
public sealed class CacheBooksTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("router-cache-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory, InlineData(false), InlineData(true)]
    public async Task Hits_StandInUsageAndRecords_AtNoCost(bool stream)
    {
        await using var world = await CacheWorld.StartAsync(set: static file => file.Records(30), dataPath: _folder.FullName);
        var asked = await world.ChatAsync("a secret prompt", stream);
        for (var count = 0; count < 3; count++)
            await world.ChatAsync("a secret prompt", stream, ("x-request-id", $"hit-{count}"));

        var billed = await world.Vendor.BilledUsdAsync();
        await Eventually.HoldsAsync(async () => await UsageAsync(world) is { } sum && (int)sum["requests"]! == 4, "the usage of four requests");
        var usage = (await UsageAsync(world))!;
        Assert.Equal((3, 1, billed, 3 * asked.CostUsd), ((int)usage["cache_hits"]!, (int)usage["attempts"]!, (decimal)usage["cost"]!, (decimal)usage["saved_cost"]!));
        Assert.Equal("mini", (string?)usage["model"]);

        await Eventually.HoldsAsync(async () => (await world.Router.GetAsync("v1/requests/hit-0")).Status == System.Net.HttpStatusCode.OK, "the record of a hit");
        var record = await world.Router.GetAsync("v1/requests/hit-0");
        Assert.Equal(("hit", "mini", 0m, asked.CostUsd), ((string?)record.Json["cache"]!["status"], (string?)record.Json["model"], (decimal)record.Json["cost"]!, (decimal)record.Json["cache"]!["saved"]!));
        Assert.DoesNotContain("secret", Encoding.UTF8.GetString(record.Body), StringComparison.Ordinal);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Answer_OfTheRunBefore_IsGivenAgain(bool stream)
    {
        await using var vendor = await FakeUpstream.StartAsync();
        vendor.Default(Reply.Stream("Kept ", "over ", "night.").Usage(prompt: 20, completion: 10, reasoning: 4));
        var file = new RouterFile().Upstream("mini", vendor).Route("auto", ["mini"], """{ "cache": { "ttlSeconds": 3600 } }""");
        // Its clock stands still, so the table is waited for however busy the machine is.
        var time = new ManualTimeProvider();
        await using (var router = await RunningRouter.StartAsync(file, _folder.FullName, time))
            await router.ChatAsync(ChatBodies.For(stream));

        await using var restarted = await RunningRouter.StartAsync(file, _folder.FullName, time);
        var answer = await restarted.ChatAsync(ChatBodies.For(!stream));

        Assert.Equal(("hit", "Kept over night.", 4), (answer.Header("x-router-cache"), answer.Text, (int)answer.Usage!["completion_tokens_details"]!["reasoning_tokens"]!));
        Assert.Single(vendor.Books.Requests);
    }

    [Fact]
    public async Task Batch_ItemsThatWereAnsweredBefore_CostNothing()
    {
        await using var world = await CacheWorld.StartAsync(dataPath: _folder.FullName);
        await world.ChatAsync("Hi");
        var client = new JobClient(world.Router.Client);

        var end = await client.EndOfAsync("v1/batches/" + await client.CreateBatchAsync(JobClient.Line("a"), JobClient.Line("b"), JobClient.Line("c", "Another")));

        Assert.Equal("completed", (string?)end["status"]);
        Assert.Equal(2, world.Asked);
    }

    [Fact]
    public async Task Metrics_CountWhatTheCacheDid()
    {
        var counted = new List<string?>();
        using var listener = new MeterListener { InstrumentPublished = static (instrument, listener) => listener.EnableMeasurementEvents(instrument) };
        listener.SetMeasurementEventCallback<long>((instrument, _, tags, _) =>
        {
            if (instrument.Name == "router.requests" && tags.ToArray().Contains(new("router.route", "metered")))
            {
                lock (counted)
                    counted.Add((string?)tags.ToArray().First(static tag => tag.Key == "router.cache").Value);
            }
        });
        listener.Start();
        await using var world = await CacheWorld.StartAsync(set: static file => file.Route("metered", ["mini"], """{ "cache": {} }"""));

        for (var count = 0; count < 2; count++)
            await world.Router.ChatAsync(ChatBodies.Plain(model: "metered"));

        Assert.Equal(["miss", "hit"], counted);
    }

    private static async Task<System.Text.Json.Nodes.JsonNode?> UsageAsync(CacheWorld world) =>
        (await world.Router.GetAsync("v1/usage?group_by=route,model")).Json["data"]!.AsArray() is [{ } sum] ? sum : null;
}
