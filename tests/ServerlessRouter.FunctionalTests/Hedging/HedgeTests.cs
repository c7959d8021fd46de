using System.Text.Json.Nodes;
using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.Testing.Upstreams;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.FunctionalTests.Hedging;

/// <summary>A second request where the first is slow, over real sockets: who answers, who is left, and what is billed.</summary>
public sealed class HedgeTests : IAsyncLifetime
{
    /// <summary>Calls after which the router knows what is slow.</summary>
    private const int WarmUp = 24;

    private static readonly (string, string) s_metadata = ("x-router-metadata", "enabled");

    private FakeUpstream _near = null!;
    private FakeUpstream _far = null!;
    private RunningRouter _router = null!;

    public async Task InitializeAsync()
    {
        _near = await FakeUpstream.StartAsync();
        _far = await FakeUpstream.StartAsync();
        _near.Default(Reply.Text("from the near one").Usage(10, 20));
        _far.Default(Reply.Text("from the far one").Usage(10, 20));
        _router = await RunningRouter.StartAsync(new RouterFile().Provider("near", _near.OpenAiAddress).Provider("far", _far.OpenAiAddress)
            .Model("twin", ["near", "far"], """{ "deployments": [ { "provider": "near", "name": "twin" }, { "provider": "far", "name": "twin", "priority": 1 } ] }""")
            .Route("auto", ["twin"], """{ "hedge": { "maxShare": 0.5 } }""")
            .Route("patient", ["twin"], """{ "limits": { "firstTokenSeconds": 1, "deadlineSeconds": 30 } }"""));
    }

    public async Task DisposeAsync()
    {
        await _router.DisposeAsync();
        await _near.DisposeAsync();
        await _far.DisposeAsync();
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Chat_FirstDeploymentHangs_TheSecondAnswersAndTheFirstIsLeft(bool stream)
    {
        await WarmUpAsync(stream);
        var farBefore = await _far.BilledUsdAsync();
        _near.Next(Reply.Text("never").HangAt(ReplyPoint.BeforeHeaders));

        var answer = await _router.ChatAsync(ChatBodies.For(stream), s_metadata);

        Assert.Equal("from the far one", answer.Text);
        Assert.Equal("2", answer.Header("x-router-attempts"));
        Assert.Equal(["first", "hedge"], Attempts(answer).Select(attempt => (string?)attempt["reason"]).Order());
        Assert.Equal(["answered", "outraced"], Attempts(answer).Select(attempt => (string?)attempt["outcome"]).Order());
        Assert.Equal(await _far.BilledUsdAsync() - farBefore, answer.CostUsd);
        await _near.WaitForAbortAsync();
    }

    [Fact]
    public async Task Chat_FirstStreamDiesBehindASlowStart_TheSecondIsStillThere()
    {
        await WarmUpAsync(stream: true);
        var gate = new Gate();
        _near.Next(Reply.Status(500).HoldAt(ReplyPoint.BeforeHeaders, gate));
        _far.Next(Reply.Text("from the far one").Usage(10, 20).HoldAt(ReplyPoint.BeforeHeaders, gate));

        var asking = _router.ChatAsync(ChatBodies.Streamed(), s_metadata);
        await _far.WaitForRequestAsync();
        gate.Open();

        var answer = await asking;
        Assert.Equal("from the far one", answer.Text);
        Assert.Null(answer.Error);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Chat_RouteDoesNotHedge_TheFirstIsWaitedForUntilItsTimeIsOver(bool stream)
    {
        await WarmUpAsync(stream, "patient");
        _near.Next(Reply.Text("never").HangAt(ReplyPoint.BeforeHeaders));

        var answer = await _router.ChatAsync(ChatBodies.For(stream, model: "patient"), s_metadata);

        Assert.Equal(["first", "other_deployment"], Attempts(answer).Select(attempt => (string?)attempt["reason"]));
    }

    private async Task WarmUpAsync(bool stream, string model = "auto")
    {
        for (var call = 0; call < WarmUp; call++)
            Assert.NotNull((await _router.ChatAsync(ChatBodies.For(stream, model: model))).Text);
        Assert.True(_near.Books.Requests.Count >= WarmUp - _far.Books.Requests.Count);
    }

    private static IEnumerable<JsonNode> Attempts(ClientAnswer answer) => answer.Metadata!["attempts"]!.AsArray().Select(static attempt => attempt!);
}
