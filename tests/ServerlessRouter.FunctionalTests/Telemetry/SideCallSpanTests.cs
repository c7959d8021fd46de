using System.Diagnostics;
using System.Text.Json;
using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.Testing.Upstreams;
using ServerlessRouter.Testing.Wire;
using Xunit;
using static ServerlessRouter.FunctionalTests.Running.SpanCollector;

namespace ServerlessRouter.FunctionalTests.Telemetry;

/// <summary>What a tool for traces shows of calls beside a request: they stand below it, before the one that answers, and say what they were for.</summary>
[Collection(Collections.Spans)]
public sealed class SideCallSpanTests(TrainedVectors trained) : IClassFixture<TrainedVectors>, IAsyncLifetime
{
    private const string Unclear = "qwzx blorf";

    private readonly SpanCollector _spans = new();
    private FakeUpstream _asked = null!;
    private FakeUpstream _answering = null!;

    public async Task InitializeAsync()
    {
        (_asked, _answering) = (await FakeUpstream.StartAsync(), await FakeUpstream.StartAsync());
        _answering.Default(Reply.Text("Fine."));
    }

    public async Task DisposeAsync()
    {
        await _asked.DisposeAsync();
        await _answering.DisposeAsync();
        _spans.Dispose();
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task SecondOpinion_IsACallBesideTheRequest(bool stream)
    {
        await using var router = await JudgedAsync();
        _asked.Next(Reply.Text("""{"task":"code","difficulty":0.8}""").Usage(prompt: 30, completion: 6));

        await router.ChatAsync(ChatBodies.For(stream, Unclear, "auto"), _spans.TraceParent);

        var (route, beside) = await RouteWithOneBesideAsync("chat judge-at-judge-vendor", "second_opinion");
        Assert.Equal(("chat", "30", "6", "stop", null, ActivityStatusCode.Unset),
            (Tag(beside, "gen_ai.operation.name"), Tag(beside, "gen_ai.usage.input_tokens"), Tag(beside, "gen_ai.usage.output_tokens"), Tag(beside, "gen_ai.response.finish_reasons"), Tag(beside, "error.type"), beside.Status));
        Assert.Null(Tag(beside, "gen_ai.request.stream"));
        Assert.Equal((double)route.GetTagItem("router.cost")!, _spans.Calls().Sum(static call => (double)call.GetTagItem("router.attempt.cost")!), 9);
        Assert.Contains(beside.SpanId.ToHexString(), Assert.Single(_asked.Books.Requests).Headers["traceparent"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task SecondOpinion_ThatFails_IsAnErrorOfTheCallAndNotOfTheRequest()
    {
        await using var router = await JudgedAsync();
        _asked.Next(Reply.Status(500));

        await router.ChatAsync(ChatBodies.Plain(Unclear, "auto"), _spans.TraceParent);

        var (_, beside) = await RouteWithOneBesideAsync("chat judge-at-judge-vendor", "second_opinion");
        Assert.Equal(("server_error", ActivityStatusCode.Error), (Tag(beside, "error.type"), beside.Status));
    }

    [Fact]
    public async Task Embedding_IsACallBesideTheRequestWithItsOwnOperation()
    {
        await using var router = await RunningRouter.StartAsync(new RouterFile()
            .Upstream("small", _asked, TrainedVectors.Embedder).Upstream("plain", _answering).Upstream("coder", _answering)
            .Route("auto", ["plain", "coder"], """{ "rules": [{ "when": { "task": "code" }, "use": ["coder"] }] }""")
            .Classification($$"""{ "embeddings": { "model": "small", "weights": {{JsonSerializer.Serialize(trained.WeightsPath)}}, "timeoutSeconds": 5 } }"""));

        await router.ChatAsync(ChatBodies.Plain(Unclear, "auto"), _spans.TraceParent);

        var (_, beside) = await RouteWithOneBesideAsync("embeddings small-at-small-vendor", "embedding");
        Assert.Equal(("embeddings", null, ActivityStatusCode.Unset), (Tag(beside, "gen_ai.operation.name"), Tag(beside, "gen_ai.usage.output_tokens"), beside.Status));
        Assert.NotNull(Tag(beside, "gen_ai.usage.input_tokens"));
    }

    private Task<RunningRouter> JudgedAsync() => RunningRouter.StartAsync(new RouterFile()
        .Upstream("judge", _asked).Upstream("plain", _answering).Upstream("coder", _answering)
        .Route("auto", ["plain", "coder"], """
            { "rules": [{ "when": { "task": "code" }, "use": ["coder"] }], "secondOpinion": { "model": "judge", "belowConfidence": 0.5, "timeoutSeconds": 5 } }
            """));

    /// <summary>The request and the call beside it, which is over before the one that answered has begun.</summary>
    private async Task<(Activity Route, Activity Beside)> RouteWithOneBesideAsync(string name, string purpose)
    {
        var route = await _spans.RouteAsync();
        Assert.Equal(("answered", "1", "1", ActivityStatusCode.Unset), (Tag(route, "router.outcome"), Tag(route, "router.attempts"), Tag(route, "router.side_calls"), route.Status));
        var calls = _spans.Calls();
        Assert.Equal([(name, "side_call", purpose), (calls[1].DisplayName, "first", null)],
            calls.Select(static call => (call.DisplayName, Tag(call, "router.attempt.reason"), Tag(call, "router.attempt.purpose"))));
        Assert.All(calls, call => Assert.Equal((route.SpanId, ActivityKind.Client), (call.ParentSpanId, call.Kind)));
        Assert.True(calls[0].StartTimeUtc + calls[0].Duration <= calls[1].StartTimeUtc);
        return (route, calls[0]);
    }
}
