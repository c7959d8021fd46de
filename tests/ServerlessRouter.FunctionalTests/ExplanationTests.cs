using System.Text.Json.Nodes;
using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.Testing.Upstreams;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.FunctionalTests;

/// <summary>Every decision can be read, and what it says would change it does.</summary>
public sealed class ExplanationTests : IAsyncLifetime
{
    private const string Prompt = "Translate this sentence into French: The early train to Lyon was cancelled because of the storm.";

    private FakeUpstream _upstream = null!;

    public async Task InitializeAsync() => _upstream = await FakeUpstream.StartAsync();

    public async Task DisposeAsync() => await _upstream.DisposeAsync();

    [Theory, InlineData(false), InlineData(true)]
    public async Task Chat_MetadataIsEnabled_SaysWhatEachFeatureContributedAndWhatWouldTurnTheChoice(bool stream)
    {
        await using var router = await RunningRouter.StartAsync(File(minimumQuality: 0.5));

        var answer = await router.ChatAsync(ChatBodies.For(stream, Prompt), ("x-router-metadata", "enabled"));

        var contributions = answer.Metadata!["profile"]!["contributions"]!.AsArray();
        Assert.Contains(contributions, static item => (string?)item!["feature"] == "\"into french\"" && (double)item["contribution"]! > 0);
        Assert.Equal(contributions.Select(static item => Math.Abs((double)item!["contribution"]!)).OrderDescending(), contributions.Select(static item => Math.Abs((double)item!["contribution"]!)));
        Assert.Equal("large", (string?)answer.Metadata["next"]!["model"]);
        Assert.Equal(("short", "constraint_filtered", "context_window"), Exclusion(answer.Metadata));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Chat_MetadataIsNotEnabled_SaysNothing(bool stream)
    {
        await using var router = await RunningRouter.StartAsync(File(minimumQuality: 0.5));

        Assert.Null((await router.ChatAsync(ChatBodies.For(stream, Prompt))).Metadata);
    }

    [Fact]
    public async Task Route_FloorThatWouldTurnTheChoice_TurnsIt()
    {
        await using var router = await RunningRouter.StartAsync(File(minimumQuality: 0.5));
        var flips = (await PlanAsync(router))["next"]!["wins_if"]!.AsArray();
        var floor = (double)flips.Single(static flip => (string?)flip!["change"] == "minimum_quality")!["then"]!;

        await using var below = await RunningRouter.StartAsync(File(floor - 0.0002));
        await using var at = await RunningRouter.StartAsync(File(floor));

        Assert.Equal("mini", (string?)(await PlanAsync(below))["candidates"]![0]!["model"]);
        Assert.Equal("large", (string?)(await PlanAsync(at))["candidates"]![0]!["model"]);
    }

    [Fact]
    public async Task Route_PriceThatWouldTurnTheChoice_TurnsIt()
    {
        await using var router = await RunningRouter.StartAsync(File(minimumQuality: 0.5));
        var flip = (await PlanAsync(router))["next"]!["wins_if"]!.AsArray().Single(static flip => (string?)flip!["change"] == "cost_usd")!;
        var share = (double)flip["then"]! / (double)flip["now"]!;

        await using var cheaper = await RunningRouter.StartAsync(File(0.5, share * 0.999));
        await using var dearer = await RunningRouter.StartAsync(File(0.5, share * 1.001));

        Assert.Equal("large", (string?)(await PlanAsync(cheaper))["candidates"]![0]!["model"]);
        Assert.Equal("mini", (string?)(await PlanAsync(dearer))["candidates"]![0]!["model"]);
    }

    private static (string?, string?, string?) Exclusion(JsonNode explanation)
    {
        var exclusion = Assert.Single(explanation["exclusions"]!.AsArray())!;
        return ((string?)exclusion["model"], (string?)exclusion["code"], (string?)exclusion["reason"]);
    }

    private static async Task<JsonNode> PlanAsync(RunningRouter router) => (await router.PostAsync("v1/route", ChatBodies.Plain(Prompt))).Json;

    private RouterFile File(double minimumQuality, double largePriceShare = 1) => new RouterFile()
        .Upstream("mini", _upstream, """{ "quality": { "default": 0.7 } }""")
        .Upstream("large", _upstream, $$"""{ "quality": { "default": 0.9 }, "price": { "inputPerMillion": {{10 * largePriceShare}}, "outputPerMillion": {{40 * largePriceShare}} } }""")
        .Upstream("short", _upstream, """{ "contextWindow": 5 }""")
        .Route("auto", ["mini", "large", "short"], $$"""{ "objective": { "prefer": "cost", "minimumQuality": {{minimumQuality}} } }""");
}
