using System.Diagnostics;
using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.Testing.Upstreams;
using ServerlessRouter.Testing.Wire;
using Xunit;
using static ServerlessRouter.FunctionalTests.Running.SpanCollector;

namespace ServerlessRouter.FunctionalTests.Telemetry;

/// <summary>What a tool for traces shows of a second call where the first is slow.</summary>
[Collection(Collections.Spans)]
public sealed class HedgeSpanTests : IAsyncLifetime
{
    /// <summary>Calls after which the router knows what is slow.</summary>
    private const int WarmUp = 24;

    private readonly SpanCollector _spans = new();
    private FakeUpstream _near = null!;
    private FakeUpstream _far = null!;
    private RunningRouter _router = null!;

    public async Task InitializeAsync()
    {
        (_near, _far) = (await FakeUpstream.StartAsync(), await FakeUpstream.StartAsync());
        _near.Default(Reply.Text("from the near one").Usage(10, 20));
        _far.Default(Reply.Text("from the far one").Usage(10, 20));
        _router = await RunningRouter.StartAsync(new RouterFile().Provider("near", _near.OpenAiAddress).Provider("far", _far.OpenAiAddress)
            .Model("twin", ["near", "far"], """{ "deployments": [ { "provider": "near", "name": "near-twin" }, { "provider": "far", "name": "far-twin", "priority": 1 } ] }""")
            .Route("auto", ["twin"], """{ "hedge": { "maxShare": 0.5 } }"""));
    }

    public async Task DisposeAsync()
    {
        await _router.DisposeAsync();
        await _near.DisposeAsync();
        await _far.DisposeAsync();
        _spans.Dispose();
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Hedge_ThatWins_IsACallBesideTheFirst_WhichIsLeftAndNoFailure(bool stream)
    {
        await WarmUpAsync(stream);
        _near.Next(Reply.Text("never").HangAt(ReplyPoint.BeforeHeaders));

        await _router.ChatAsync(ChatBodies.For(stream), _spans.TraceParent);

        var route = await _spans.RouteAsync();
        Assert.Equal(("far/far-twin", "2", "0", "answered", ActivityStatusCode.Unset),
            (Tag(route, "router.deployment"), Tag(route, "router.attempts"), Tag(route, "router.side_calls") ?? "0", Tag(route, "router.outcome"), route.Status));
        var calls = _spans.Calls();
        Assert.Equal([("chat near-twin", "near/near-twin", "first", "outraced"), ("chat far-twin", "far/far-twin", "hedge", null)], calls.Select(Told));
        AssertRacedBelow(route, calls);
        Assert.Equal(("10", "20"), (Tag(calls[1], "gen_ai.usage.input_tokens"), Tag(calls[1], "gen_ai.usage.output_tokens")));
        Assert.Contains(calls[0].SpanId.ToHexString(), _near.Books.Requests[^1].Headers["traceparent"], StringComparison.Ordinal);
        Assert.Contains(calls[1].SpanId.ToHexString(), _far.Books.Requests[^1].Headers["traceparent"], StringComparison.Ordinal);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Hedge_ThatLoses_IsLeftAndNoFailure(bool stream)
    {
        await WarmUpAsync(stream);
        var gate = new Gate();
        _near.Next(Reply.Text("late").Usage(10, 20).HoldAt(ReplyPoint.BeforeHeaders, gate));
        _far.Next(Reply.Text("never").HangAt(ReplyPoint.BeforeHeaders));
        var before = _far.Books.Requests.Count;

        var asking = _router.ChatAsync(ChatBodies.For(stream), _spans.TraceParent);
        await _far.WaitForRequestAsync(before + 1);
        gate.Open();
        await asking;

        var route = await _spans.RouteAsync();
        Assert.Equal(("near/near-twin", "2", "answered"), (Tag(route, "router.deployment"), Tag(route, "router.attempts"), Tag(route, "router.outcome")));
        var calls = _spans.Calls();
        Assert.Equal([("chat near-twin", "near/near-twin", "first", null), ("chat far-twin", "far/far-twin", "hedge", "outraced")], calls.Select(Told));
        AssertRacedBelow(route, calls);
    }

    private async Task WarmUpAsync(bool stream)
    {
        for (var call = 0; call < WarmUp; call++)
            Assert.NotNull((await _router.ChatAsync(ChatBodies.For(stream))).Text);
    }

    /// <summary>Neither stands below the other, both are over before the request is, they overlap, and neither is an error.</summary>
    private static void AssertRacedBelow(Activity route, IReadOnlyList<Activity> calls)
    {
        Assert.All(calls, call => Assert.Equal((route.SpanId, ActivityKind.Client, ActivityStatusCode.Unset), (call.ParentSpanId, call.Kind, call.Status)));
        Assert.All(calls, call => Assert.InRange(call.StartTimeUtc + call.Duration, call.StartTimeUtc, route.StartTimeUtc + route.Duration));
        Assert.True(calls[1].StartTimeUtc < calls[0].StartTimeUtc + calls[0].Duration);
    }

    private static (string, string?, string?, string?) Told(Activity call) => (call.DisplayName, Tag(call, "router.deployment"), Tag(call, "router.attempt.reason"), Tag(call, "error.type"));
}
