using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.Testing.Upstreams;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.FunctionalTests.VendorAnswers;

/// <summary>A router with one vendor that answers as a test says; the route <c>safe</c> asks it once more, for another model, where the first could not be used.</summary>
public abstract class AnswerTests : IAsyncLifetime
{
    protected FakeUpstream Vendor { get; private set; } = null!;

    private protected RunningRouter Router { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Vendor = await FakeUpstream.StartAsync();
        Router = await RunningRouter.StartAsync(Configure(new RouterFile().Upstream("odd", Vendor).Upstream("sound", Vendor)
            .Route("auto", ["odd"], """{ "limits": { "attempts": 1 } }""").Route("safe", ["odd"], """{ "fallbacks": ["sound"], "limits": { "attempts": 2 } }""")));
    }

    public async Task DisposeAsync()
    {
        await Router.DisposeAsync();
        await Vendor.DisposeAsync();
    }

    private protected virtual RouterFile Configure(RouterFile file) => file;

    /// <summary>What the first attempt came to and cost, where the vendor answers so and then properly.</summary>
    private protected async Task<(string? Outcome, decimal CostUsd)> FirstAttemptAsync(Reply reply, bool stream)
    {
        Vendor.Next(reply);
        Vendor.Default(Reply.Text("Sound.").Usage(1, 1));
        var answer = await Router.ChatAsync(ChatBodies.For(stream, model: "safe"), ("x-router-metadata", "enabled"));
        Assert.Equal("Sound.", answer.Text);
        var first = answer.Metadata!["attempts"]![0]!;
        return ((string?)first["outcome"], (decimal)first["cost_usd"]!);
    }

    /// <summary>Asks a vendor that answers so.</summary>
    private protected Task<ClientAnswer> AskAsync(Reply reply, byte[] body, params (string Name, string Value)[] headers)
    {
        Vendor.Default(reply);
        return Router.ChatAsync(body, headers);
    }
}
