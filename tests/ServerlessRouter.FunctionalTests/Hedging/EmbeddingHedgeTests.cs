using System.Text;
using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.Testing.Upstreams;
using Xunit;

namespace ServerlessRouter.FunctionalTests.Hedging;

/// <summary>A second request for embeddings where the first is slow: another deployment of the same model answers, and only what came is billed.</summary>
public sealed class EmbeddingHedgeTests : IAsyncLifetime
{
    /// <summary>Calls after which the router knows what is slow.</summary>
    private const int WarmUp = 24;

    private static readonly byte[] s_body = Encoding.UTF8.GetBytes("""{"model":"search","input":"a red fox"}""");

    private FakeUpstream _near = null!;
    private FakeUpstream _far = null!;
    private RunningRouter _router = null!;

    public async Task InitializeAsync()
    {
        (_near, _far) = (await FakeUpstream.StartAsync(), await FakeUpstream.StartAsync());
        _near.Default(Reply.Vector(1, 0));
        _far.Default(Reply.Vector(0, 1));
        _router = await RunningRouter.StartAsync(new RouterFile().Provider("near", _near.OpenAiAddress).Provider("far", _far.OpenAiAddress)
            .Model("vectors", ["near", "far"], """
                { "capabilities": ["embeddings"], "price": { "inputPerMillion": 1.00 }, "deployments": [ { "provider": "near", "name": "v" }, { "provider": "far", "name": "v", "priority": 1 } ] }
                """)
            .Route("search", ["vectors"], """{ "hedge": { "maxShare": 0.5 } }"""));
    }

    public async Task DisposeAsync()
    {
        await _router.DisposeAsync();
        await _near.DisposeAsync();
        await _far.DisposeAsync();
    }

    [Fact]
    public async Task Embed_FirstDeploymentHangs_TheSecondAnswersAndTheFirstIsLeft()
    {
        for (var call = 0; call < WarmUp; call++)
            Assert.Equal(200, (int)(await _router.PostAsync("v1/embeddings", s_body)).Status);
        var farBefore = await _far.BilledUsdAsync();
        _near.Next(Reply.Vector(1, 0).HangAt(ReplyPoint.BeforeHeaders));

        var answer = await _router.PostAsync("v1/embeddings", s_body, ("x-router-metadata", "enabled"));

        Assert.Equal([0f, 1f], answer.Json["data"]![0]!["embedding"]!.AsArray().Select(static number => (float)number!));
        Assert.Equal(2, answer.Attempts);
        var attempts = answer.Metadata!["attempts"]!.AsArray();
        Assert.Equal(["first", "hedge"], attempts.Select(static attempt => (string?)attempt!["reason"]).Order());
        Assert.Equal(["answered", "outraced"], attempts.Select(static attempt => (string?)attempt!["outcome"]).Order());
        Assert.Equal(await _far.BilledUsdAsync() - farBefore, answer.CostUsd);
        await _near.WaitForAbortAsync();
    }
}
