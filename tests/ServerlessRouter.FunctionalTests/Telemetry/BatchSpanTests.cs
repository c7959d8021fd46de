using System.Diagnostics;
using ServerlessRouter.FunctionalTests.Jobs;
using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.Testing;
using ServerlessRouter.Testing.Upstreams;
using Xunit;
using static ServerlessRouter.FunctionalTests.Running.SpanCollector;

namespace ServerlessRouter.FunctionalTests.Telemetry;

/// <summary>What a tool for traces shows of a batch: each item is a request in the trace that the batch was sent with, and its calls stand below it.</summary>
[Collection(Collections.Spans)]
public sealed class BatchSpanTests : IAsyncLifetime
{
    private readonly SpanCollector _spans = new();
    private FakeUpstream _first = null!;
    private FakeUpstream _second = null!;
    private RunningRouter _router = null!;
    private JobClient _client = null!;

    public async Task InitializeAsync()
    {
        (_first, _second) = (await FakeUpstream.StartAsync(), await FakeUpstream.StartAsync());
        _router = await RunningRouter.StartAsync(new RouterFile().Upstream("mini", _first).Upstream("large", _second).Route("auto", ["mini", "large"]));
        _client = new JobClient(_router.Client);
    }

    public async Task DisposeAsync()
    {
        await _router.DisposeAsync();
        await _first.DisposeAsync();
        await _second.DisposeAsync();
        _spans.Dispose();
    }

    [Fact]
    public async Task Item_IsARequestInTheTraceOfItsBatch_WithItsCallsBelow()
    {
        _first.Default(Reply.Text("Fine.").Usage(prompt: 20, completion: 4));

        var id = await BatchAsync(JobClient.Lines(3));

        var items = await ItemsAsync(3);
        Assert.Equal([$"{id}.0", $"{id}.1", $"{id}.2"], items.Select(static item => Tag(item, "router.request.id")).Order());
        Assert.All(items, item => Assert.Equal(("route auto", _spans.Caller, "answered", "mini", "1", ActivityStatusCode.Unset),
            (item.DisplayName, item.ParentSpanId, Tag(item, "router.outcome"), Tag(item, "router.model"), Tag(item, "router.attempts"), item.Status)));
        var calls = _spans.Calls();
        Assert.Equal(items.Select(static item => item.SpanId.ToHexString()).Order(), calls.Select(static call => call.ParentSpanId.ToHexString()).Order());
        Assert.All(calls, static call => Assert.Equal(("chat mini-at-mini-vendor", ActivityKind.Client, "20", "4", "stop", "first"),
            (call.DisplayName, call.Kind, Tag(call, "gen_ai.usage.input_tokens"), Tag(call, "gen_ai.usage.output_tokens"), Tag(call, "gen_ai.response.finish_reasons"), Tag(call, "router.attempt.reason"))));
    }

    [Fact]
    public async Task Item_WhoseFirstModelFails_HasBothCalls()
    {
        _first.Default(Reply.Status(500));
        _second.Default(Reply.Text("Fine."));

        await BatchAsync(JobClient.Line("only"));

        var item = Assert.Single(await ItemsAsync(1));
        Assert.Equal(("large", "2", "answered"), (Tag(item, "router.model"), Tag(item, "router.attempts"), Tag(item, "router.outcome")));
        Assert.Equal([("chat mini-at-mini-vendor", "server_error", item.SpanId), ("chat large-at-large-vendor", null, item.SpanId)],
            _spans.Calls().Select(static call => (call.DisplayName, Tag(call, "error.type"), call.ParentSpanId)));
    }

    [Fact]
    public async Task Item_ThatNamesNoRoute_IsARefusedRequestWithoutACall()
    {
        await BatchAsync(JobClient.Line("bad", model: "autoo"));

        var item = Assert.Single(await ItemsAsync(1));
        Assert.Equal(("route", "model_not_found", ActivityStatusCode.Unset), (item.DisplayName, Tag(item, "router.outcome"), item.Status));
        Assert.Empty(_spans.Calls());
    }

    /// <summary>Leaves a batch in the caller's trace, and waits for its end.</summary>
    private async Task<string> BatchAsync(params string[] lines)
    {
        var (_, batch) = await _client.PostAsync("v1/batches", JobClient.Order(await _client.UploadAsync(lines)), _spans.TraceParent);
        var id = (string)batch!["id"]!;
        await _client.EndOfAsync($"v1/batches/{id}");
        return id;
    }

    private async Task<IReadOnlyList<Activity>> ItemsAsync(int count)
    {
        await Eventually.HoldsAsync(() => Items().Count == count, "the end of the items' spans");
        return Items();
    }

    private List<Activity> Items() => [.. _spans.Ended.Where(static span => span.Kind == ActivityKind.Internal)];
}
