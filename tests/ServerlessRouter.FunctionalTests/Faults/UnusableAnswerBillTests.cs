using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.Testing;
using ServerlessRouter.Testing.Upstreams;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.FunctionalTests.Faults;

/// <summary>An answer that cannot be used, but says what it cost, is paid beside the one that could be used.</summary>
[Collection(nameof(Alone))]
public sealed class UnusableAnswerBillTests : IAsyncLifetime
{
    private FakeUpstream _broken = null!;
    private FakeUpstream _sound = null!;
    private RunningRouter _router = null!;

    public async Task InitializeAsync()
    {
        _broken = await FakeUpstream.StartAsync();
        _sound = await FakeUpstream.StartAsync();
        _router = await RunningRouter.StartAsync(new RouterFile().Upstream("broken", _broken).Upstream("sound", _sound).Route("auto", ["broken", "sound"]));
    }

    public async Task DisposeAsync()
    {
        await _router.DisposeAsync();
        await _broken.DisposeAsync();
        await _sound.DisposeAsync();
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Chat_FirstAnswerIsUnusableAndBilled_IsPartOfTheCost(bool stream)
    {
        using var metered = new MeteredBooks();
        const string Failing = """{"error":{"message":"It broke.","type":"server_error"},"usage":{"prompt_tokens":1000,"completion_tokens":200}}""";
        _broken.Default(stream ? Reply.Events(Failing) : Reply.Body(Failing, "application/json"));
        _sound.Default(Reply.Text("Whole").Usage(100, 10));

        var answer = await _router.ChatAsync(ChatBodies.For(stream), ("x-router-metadata", "enabled"));

        Assert.Equal("Whole", answer.Text);
        await Eventually.HoldsAsync(() => metered.Requests == 1, "the request to be settled");
        var failed = UpstreamPrice.Default.CostUsd(new UpstreamUsage(1000, 200));
        Assert.Equal((double)(await _sound.BilledUsdAsync() + failed), metered.CostUsd, precision: 12);
        Assert.Equal(failed, (decimal)answer.Metadata!["attempts"]![0]!["cost_usd"]!);
    }
}
