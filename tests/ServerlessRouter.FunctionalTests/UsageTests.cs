using System.Net;
using System.Text.Json.Nodes;
using ServerlessRouter.FunctionalTests.Jobs;
using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.Testing;
using ServerlessRouter.Testing.Upstreams;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.FunctionalTests;

/// <summary>What callers used is told to the cent, over restarts and kills.</summary>
public sealed class UsageTests : IDisposable
{
    private const string Key = "sk-team-4711";
    private const string ByModel = "v1/usage?group_by=key,route,model,status";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("router-usage-");
    private readonly SecretVariable _key = new(Key);

    public void Dispose()
    {
        _folder.Delete(recursive: true);
        _key.Dispose();
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Usage_AfterAnOrderlyStop_HoldsEveryRequestAndItsCost(bool stream)
    {
        await using var upstream = await FakeUpstream.StartAsync();
        var file = new RouterFile().Upstream("m", upstream).Route("auto", ["m"]).Key("team", _key.Reference);
        await using (var router = await RunningRouter.StartAsync(file, _folder.FullName))
        {
            for (var count = 0; count < 3; count++)
                Assert.Equal(HttpStatusCode.OK, (await router.ChatAsync(ChatBodies.For(stream), ("api-key", Key))).Status);
        }

        await using var restarted = await RunningRouter.StartAsync(file, _folder.FullName);
        var usage = Assert.Single((await restarted.GetAsync(ByModel, ("api-key", Key))).Json["data"]!.AsArray())!;

        Assert.Equal(("team", "auto", "m", 200), ((string?)usage["key"], (string?)usage["route"], (string?)usage["model"], (int)usage["status"]!));
        Assert.Equal((3, 0, 3, 0), ((int)usage["requests"]!, (int)usage["failures"]!, (int)usage["attempts"]!, (int)usage["estimated_attempts"]!));
        Assert.Equal(await upstream.BilledUsdAsync(), (decimal)usage["cost"]!);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Usage_VendorTellsFiguresThatCannotBe_CountsEveryRequestAndHidesNone(bool stream)
    {
        await using var liar = await FakeUpstream.StartAsync();
        await using var honest = await FakeUpstream.StartAsync();
        liar.Default(Reply.Text("Whole").Usage(int.MaxValue, int.MaxValue, cached: int.MaxValue).ReportCost(decimal.MaxValue));
        var file = new RouterFile().Upstream("liar", liar).Upstream("honest", honest).Key("team", _key.Reference);
        await using (var router = await RunningRouter.StartAsync(file, _folder.FullName))
        {
            for (var count = 0; count < 3; count++)
            {
                var answer = await router.ChatAsync(ChatBodies.For(stream, model: "liar"), ("api-key", Key));
                Assert.Equal("Whole", answer.Text);
                Assert.InRange(answer.CostUsd, 0, 0.01m);
                Assert.InRange((int)answer.Usage!["prompt_tokens"]!, 1, 1000);
                await router.ChatAsync(ChatBodies.For(stream, model: "honest"), ("api-key", Key));
            }

            Assert.Equal(HttpStatusCode.OK, (await router.GetAsync(ByModel, ("api-key", Key))).Status);
        }

        await using var restarted = await RunningRouter.StartAsync(file, _folder.FullName);
        var usage = (await restarted.GetAsync(ByModel, ("api-key", Key))).Json["data"]!.AsArray();

        Assert.Equal([3, 3], usage.Select(static sum => (int)sum!["requests"]!));
        Assert.Equal(await honest.BilledUsdAsync(), (decimal)usage.Single(static sum => (string?)sum!["model"] == "honest")!["cost"]!);
        Assert.InRange((decimal)usage.Single(static sum => (string?)sum!["model"] == "liar")!["cost"]!, 0, 0.03m);
    }

    [Fact]
    public async Task Usage_ProcessIsKilled_KeepsWhatWasTold()
    {
        await using var upstream = await FakeUpstream.StartAsync();
        var configuration = Path.Combine(_folder.FullName, "router.json");
        await File.WriteAllTextAsync(configuration, new RouterFile().Upstream("m", upstream).Route("auto", ["m"]).ToString());
        await using (var router = await KillableRouter.StartAsync(configuration, _folder))
        {
            for (var count = 0; count < 3; count++)
                await router.Client.PostAsync("v1/chat/completions", System.Text.Encoding.UTF8.GetString(ChatBodies.Plain()));
            await Eventually.HoldsAsync(async () => await RequestsAsync(router) == 3, "the usage of three requests");
        }

        await using var restarted = await KillableRouter.StartAsync(configuration, _folder);

        Assert.Equal(3, await RequestsAsync(restarted));
    }

    private static async Task<int> RequestsAsync(KillableRouter router)
    {
        var (_, usage) = await router.Client.GetAsync(ByModel);
        return usage!["data"]!.AsArray().Sum(static (JsonNode? sum) => (int)sum!["requests"]!);
    }
}
