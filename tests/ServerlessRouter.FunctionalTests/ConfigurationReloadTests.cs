using System.Net;
using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.Testing;
using ServerlessRouter.Testing.Upstreams;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.FunctionalTests;

/// <summary>The file an operator edits is followed while requests run.</summary>
public sealed class ConfigurationReloadTests : IAsyncLifetime
{
    private FakeUpstream _upstream = null!;
    private RunningRouter _router = null!;

    public async Task InitializeAsync()
    {
        _upstream = await FakeUpstream.StartAsync();
        _router = await RunningRouter.StartAsync(new RouterFile().Upstream("old", _upstream).Route("auto", ["old"]));
    }

    public async Task DisposeAsync()
    {
        await _router.DisposeAsync();
        await _upstream.DisposeAsync();
    }

    [Fact]
    public async Task Reload_FileChanged_NewRequestsFollowItAndRunningOnesEndAsTheyBegan()
    {
        var gate = new Gate();
        _upstream.Next(Reply.Text("slow but whole").HoldAt(ReplyPoint.AfterChunk(1), gate));
        var running = _router.ChatAsync(ChatBodies.Streamed());
        await gate.WaitForArrivalAsync();
        var before = await VersionAsync();

        await File.WriteAllTextAsync(_router.ConfigurationPath, new RouterFile().Upstream("new", _upstream).Route("auto", ["new"]).ToString());
        await VersionChangesAsync(before);

        Assert.Equal("new", (await _router.ChatAsync(ChatBodies.Plain())).Header("x-router-model"));
        Assert.Equal(HttpStatusCode.NotFound, (await _router.ChatAsync(ChatBodies.Plain(model: "old"))).Status);
        gate.Open();
        var old = await running;
        Assert.Equal("slow but whole", old.Text);
        Assert.True(old.IsWhole);
        Assert.Equal("old", old.Header("x-router-model"));
    }

    [Theory]
    [InlineData("{ \"providers\": ")]
    [InlineData("{}")]
    [InlineData("")]
    public async Task Reload_FileIsBad_TheOldOneStaysUntilAGoodOneComes(string bad)
    {
        var before = await VersionAsync();

        // The bad file and the good one behind it are read by the same follower, so the good one's arrival says that the bad one was seen and left.
        await File.WriteAllTextAsync(_router.ConfigurationPath, bad);
        await TwoReadingsPassAsync();
        Assert.Equal(before, await VersionAsync());
        Assert.Equal("old", (await _router.ChatAsync(ChatBodies.Plain())).Header("x-router-model"));

        await File.WriteAllTextAsync(_router.ConfigurationPath, new RouterFile().Upstream("new", _upstream).Route("auto", ["new"]).ToString());
        await VersionChangesAsync(before);
        Assert.Equal("new", (await _router.ChatAsync(ChatBodies.Plain())).Header("x-router-model"));
    }

    [Fact]
    public async Task Reload_FileGone_TheOldOneStays()
    {
        var text = await File.ReadAllTextAsync(_router.ConfigurationPath);
        File.Delete(_router.ConfigurationPath);
        await TwoReadingsPassAsync();

        Assert.Equal("old", (await _router.ChatAsync(ChatBodies.Plain())).Header("x-router-model"));
        await File.WriteAllTextAsync(_router.ConfigurationPath, text);
    }

    private async Task<string> VersionAsync() => (string)(await _router.GetAsync("readyz")).Json["config_version"]!;

    private Task VersionChangesAsync(string before) => Eventually.HoldsAsync(async () => await VersionAsync() != before, "the changed configuration to be in use");

    /// <summary>Waits as long as a follower beside the router's, started now, takes to pick up a change: the router's has read the file twice by then as well.</summary>
    private async Task TwoReadingsPassAsync()
    {
        await using var witness = await RunningRouter.StartAsync(new RouterFile().Upstream("first", _upstream));
        await File.WriteAllTextAsync(witness.ConfigurationPath, new RouterFile().Upstream("second", _upstream).ToString());
        await Eventually.HoldsAsync(
            async () => (await witness.GetAsync("v1/models/second")).Status == HttpStatusCode.OK, "a witness to read its changed configuration twice");
    }
}
