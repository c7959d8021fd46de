using System.Diagnostics;
using System.Text;
using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.Testing.Upstreams;
using ServerlessRouter.Testing.Wire;
using Xunit;
using static ServerlessRouter.FunctionalTests.Running.SpanCollector;

namespace ServerlessRouter.FunctionalTests.Telemetry;

/// <summary>What someone sees of a request in a tool for traces, whatever becomes of it.</summary>
[Collection(Collections.Spans)]
public sealed class SpanTests : IAsyncLifetime
{
    private readonly SpanCollector _spans = new();
    private FakeUpstream _first = null!;
    private FakeUpstream _second = null!;
    private RunningRouter _router = null!;

    public async Task InitializeAsync()
    {
        (_first, _second) = (await FakeUpstream.StartAsync(), await FakeUpstream.StartAsync());
        _router = await RunningRouter.StartAsync(new RouterFile().Upstream("mini", _first).Upstream("large", _second)
            .Upstream("vectors", _second, """{ "capabilities": ["embeddings"], "price": { "inputPerMillion": 1.00 } }""")
            .Route("auto", ["mini", "large"]).Route("kept", ["mini"], """{ "cache": { "ttlSeconds": 3600 } }"""));
    }

    public async Task DisposeAsync()
    {
        await _router.DisposeAsync();
        await _first.DisposeAsync();
        await _second.DisposeAsync();
        _spans.Dispose();
    }

    [Fact]
    public async Task Answer_IsARequestWithItsDecision_AndOneCallThatTheVendorsSpansStandBelow()
    {
        _first.Default(Reply.Text("Fine.").Usage(prompt: 20, completion: 4, cached: 8));

        var answer = await _router.ChatAsync(ChatBodies.Plain("A prompt.", "auto"), _spans.TraceParent, ("tracestate", "vendor=1"), ("x-request-id", "asked-1"));

        var route = await _spans.RouteAsync();
        var call = Assert.Single(_spans.Calls());
        Assert.Equal(("route auto", _spans.Caller, ActivityStatusCode.Unset), (route.DisplayName, route.ParentSpanId, route.Status));
        Assert.Equal(("auto", "asked-1", "mini", "answered", "mini,large", "1", "0"),
            (Tag(route, "router.route"), Tag(route, "router.request.id"), Tag(route, "router.model"), Tag(route, "router.outcome"), Tag(route, "router.candidates"), Tag(route, "router.attempts"), Tag(route, "router.excluded")));
        Assert.Equal(answer.Header("x-router-config-version"), Tag(route, "router.config.version"));
        Assert.Equal((double)answer.CostUsd!, (double)route.GetTagItem("router.cost")!);
        Assert.InRange((double)route.GetTagItem("router.overhead")!, 0, route.Duration.TotalSeconds);

        Assert.Equal(("chat mini-at-mini-vendor", route.SpanId, ActivityKind.Client), (call.DisplayName, call.ParentSpanId, call.Kind));
        Assert.Equal(("chat", "openai", "mini-at-mini-vendor", "127.0.0.1", _first.OpenAiAddress.Port.ToString(System.Globalization.CultureInfo.InvariantCulture)),
            (Tag(call, "gen_ai.operation.name"), Tag(call, "gen_ai.provider.name"), Tag(call, "gen_ai.request.model"), Tag(call, "server.address"), Tag(call, "server.port")));
        Assert.Equal(("20", "4", "8", "stop", "first"),
            (Tag(call, "gen_ai.usage.input_tokens"), Tag(call, "gen_ai.usage.output_tokens"), Tag(call, "gen_ai.usage.cache_read.input_tokens"), Tag(call, "gen_ai.response.finish_reasons"), Tag(call, "router.attempt.reason")));
        Assert.Equal((string?)answer.Json["id"], Tag(call, "gen_ai.response.id"));
        Assert.NotNull(Tag(call, "gen_ai.response.model"));
        var sent = Assert.Single(_first.Books.Requests).Headers;
        Assert.Equal(($"00-{_spans.TraceId}-{call.SpanId.ToHexString()}-01", "vendor=1"), (sent["traceparent"], sent["tracestate"]));
    }

    [Fact]
    public async Task Fallback_IsTwoCalls_TheFirstWithItsError()
    {
        _first.Default(Reply.Status(500));
        _second.Default(Reply.Text("Fine."));

        await _router.ChatAsync(ChatBodies.Plain("A prompt.", "auto"), _spans.TraceParent);

        var route = await _spans.RouteAsync();
        var calls = _spans.Calls();
        Assert.Equal(("large", "2", "answered", ActivityStatusCode.Unset), (Tag(route, "router.model"), Tag(route, "router.attempts"), Tag(route, "router.outcome"), route.Status));
        Assert.Equal([("mini-at-mini-vendor", "server_error", "first"), ("large-at-large-vendor", null, "next_model")],
            calls.Select(static call => (Tag(call, "gen_ai.request.model")!, Tag(call, "error.type"), Tag(call, "router.attempt.reason")!)));
        Assert.Equal([ActivityStatusCode.Error, ActivityStatusCode.Unset], calls.Select(static call => call.Status));
    }

    [Fact]
    public async Task Stream_HasWhatAnAnswerHas_AndItsFirstChunk()
    {
        _first.Default(Reply.Stream("One ", "two.").Usage(prompt: 20, completion: 4));

        await _router.ChatAsync(ChatBodies.For(true, "A prompt.", "auto"), _spans.TraceParent);

        var route = await _spans.RouteAsync();
        var call = Assert.Single(_spans.Calls());
        Assert.Equal(("answered", "true", "stop", "20", "4"),
            (Tag(route, "router.outcome"), Tag(call, "gen_ai.request.stream"), Tag(call, "gen_ai.response.finish_reasons"), Tag(call, "gen_ai.usage.input_tokens"), Tag(call, "gen_ai.usage.output_tokens")));
        Assert.InRange((double)call.GetTagItem("gen_ai.response.time_to_first_chunk")!, 0, call.Duration.TotalSeconds);
        Assert.NotNull(Tag(call, "gen_ai.response.id"));
        Assert.NotNull(Tag(call, "gen_ai.response.model"));
    }

    [Fact]
    public async Task Stream_ThatItsCallerLeaves_EndsAndIsNoFailure()
    {
        _first.Default(Reply.Stream("One ", "two ", "three.").HangAt(ReplyPoint.AfterChunk(1)));

        using (var left = new CancellationTokenSource())
        {
            using var begun = await _router.BeginChatAsync(ChatBodies.For(true, "A prompt.", "auto"), left.Token, _spans.TraceParent);
            await left.CancelAsync();
        }

        var route = await _spans.RouteAsync();
        var call = Assert.Single(_spans.Calls());
        Assert.Equal(("client_closed_request", ActivityStatusCode.Unset), (Tag(route, "router.outcome"), route.Status));
        Assert.Equal(("client_left", ActivityStatusCode.Unset), (Tag(call, "error.type"), call.Status));
    }

    [Fact]
    public async Task EverythingFails_IsAFailureOfTheRequestToo()
    {
        _first.Default(Reply.Status(500));
        _second.Default(Reply.Status(401));

        await _router.ChatAsync(ChatBodies.Plain("A prompt.", "auto"), _spans.TraceParent);

        var route = await _spans.RouteAsync();
        Assert.Equal(("upstream_error", "upstream_error", ActivityStatusCode.Error), (Tag(route, "router.outcome"), Tag(route, "error.type"), route.Status));
        Assert.True(_spans.Calls().Count >= 2);
    }

    [Fact]
    public async Task Refusal_IsARequestWithoutACall()
    {
        await _router.ChatAsync(ChatBodies.Plain("A prompt.", "no-such-model"), _spans.TraceParent);

        var route = await _spans.RouteAsync();
        Assert.Equal(("route", "model_not_found", ActivityStatusCode.Unset), (route.DisplayName, Tag(route, "router.outcome"), route.Status));
        Assert.Empty(_spans.Calls());
    }

    [Fact]
    public async Task Embeddings_HaveTheirOwnOperation()
    {
        await _router.PostAsync("v1/embeddings", Encoding.UTF8.GetBytes("""{"model":"vectors","input":"a red fox"}"""), _spans.TraceParent);

        var route = await _spans.RouteAsync();
        var call = Assert.Single(_spans.Calls());
        Assert.Equal(("route vectors", "embeddings vectors-at-vectors-vendor", "embeddings"), (route.DisplayName, call.DisplayName, Tag(call, "gen_ai.operation.name")));
        Assert.NotNull(Tag(call, "gen_ai.usage.input_tokens"));
        Assert.Null(Tag(call, "gen_ai.usage.output_tokens"));
    }

    [Theory]
    [InlineData("v1/messages", """{"model":"auto","max_tokens":50,"messages":[{"role":"user","content":"Hello."}]}""")]
    [InlineData("v1/responses", """{"model":"auto","input":"Hello."}""")]
    public async Task OtherDoors_AreRequestsLikeAnyOther(string door, string body)
    {
        _first.Default(Reply.Text("Fine."));

        await _router.PostAsync(door, Encoding.UTF8.GetBytes(body), _spans.TraceParent);

        var route = await _spans.RouteAsync();
        Assert.Equal(("route auto", "answered"), (route.DisplayName, Tag(route, "router.outcome")));
        Assert.Equal(route.SpanId, Assert.Single(_spans.Calls()).ParentSpanId);
    }

    [Fact]
    public async Task KeptAnswer_IsARequestWithoutACall()
    {
        _first.Default(Reply.Text("Fine."));
        await _router.ChatAsync(ChatBodies.Plain("Again.", "kept"));

        await _router.ChatAsync(ChatBodies.Plain("Again.", "kept"), _spans.TraceParent);

        var route = await _spans.RouteAsync();
        Assert.Equal(("hit", "mini", "0", "answered"), (Tag(route, "router.cache"), Tag(route, "router.model"), Tag(route, "router.attempts"), Tag(route, "router.outcome")));
        Assert.Empty(_spans.Calls());
    }
}
