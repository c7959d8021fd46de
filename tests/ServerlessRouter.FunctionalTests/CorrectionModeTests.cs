using System.Text;
using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.Testing;
using ServerlessRouter.Testing.Upstreams;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.FunctionalTests;

/// <summary>What was learnt outlives a new configuration, which says whether it counts.</summary>
public sealed class CorrectionModeTests : IAsyncLifetime
{
    private FakeUpstream _upstream = null!;

    public async Task InitializeAsync() => _upstream = await FakeUpstream.StartAsync();

    public async Task DisposeAsync() => await _upstream.DisposeAsync();

    [Theory]
    [InlineData("frozen", true)]
    [InlineData("off", false)]
    public async Task Reload_CorrectionsWereLearnt_CountAsTheNewModeSays(string mode, bool counts)
    {
        await using var router = await RunningRouter.StartAsync(File());
        var id = (await router.ChatAsync(ChatBodies.Plain())).Header("x-request-id");
        await router.PostAsync("v1/feedback", Encoding.UTF8.GetBytes($$"""{"request_id":"{{id}}","score":0}"""));
        var learnt = await CorrectionAsync(router);
        Assert.True(learnt < 0, $"{learnt} is not below 0");

        var version = await VersionAsync(router);
        await System.IO.File.WriteAllTextAsync(router.ConfigurationPath, File().Quality($$"""{ "corrections": "{{mode}}" }""").ToString());
        await Eventually.HoldsAsync(async () => await VersionAsync(router) != version, "the changed configuration to be in use");

        Assert.Equal(counts ? learnt : 0, await CorrectionAsync(router));
    }

    private RouterFile File() => new RouterFile().Upstream("mini", _upstream, """{ "quality": { "default": 0.8 } }""").Upstream("large", _upstream, """{ "quality": { "default": 0.9 } }""")
        .Route("auto", ["mini", "large"], """{ "objective": { "prefer": "cost" } }""");

    private static async Task<double> CorrectionAsync(RunningRouter router) =>
        (double)(await router.PostAsync("v1/route", ChatBodies.Plain())).Json["candidates"]!.AsArray().Single(static candidate => (string?)candidate!["model"] == "mini")!["correction"]!;

    private static async Task<string?> VersionAsync(RunningRouter router) => (string?)(await router.PostAsync("v1/route", ChatBodies.Plain())).Json["config_version"];
}
