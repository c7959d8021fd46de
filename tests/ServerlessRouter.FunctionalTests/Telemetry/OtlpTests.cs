using System.Text;
using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.LocalHost.Telemetry;
using ServerlessRouter.Testing.Upstreams;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.FunctionalTests.Telemetry;

/// <summary>What a collector gets, in its own bytes, when the environment names one.</summary>
[Collection(Collections.Spans)]
public sealed class OtlpTests
{
    private const string Prompt = "planted-pr0mpt-of-otlp";
    private const string Answer = "planted-answ3r-of-otlp";
    private const string Key = "planted-k3y-of-otlp";
    private const string Trace = "0af7651916cd43dd8448eb211c80319c";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Collector_GetsServerRequestAndCalls_AsOneTrace(bool isGrpc)
    {
        await using var collector = await OtlpCollector.StartAsync(isGrpc);
        await using var broken = await FakeUpstream.StartAsync();
        await using var vendor = await FakeUpstream.StartAsync();
        broken.Default(Reply.Status(503));
        vendor.Default(Reply.Text(Answer));
        using var secret = new SecretVariable(Key);
        var file = new RouterFile().Upstream("mini", broken).Upstream("large", vendor).Route("auto", ["mini", "large"]).Key("caller", secret.Reference);

        var page = "";
        await using (var router = await RunningRouter.StartAsync(file.ToString(), options => options with { Settings = SettingsOf(collector, isGrpc), Metrics = MetricsMode.On }))
        {
            await router.GetAsync("healthz");
            await router.GetAsync($"v1/models?api-key={Key}");
            await router.ChatAsync(
                ChatBodies.For(true, Prompt), ("authorization", $"Bearer {Key}"), ("traceparent", $"00-{Trace}-b7ad6b7169203331-01"));
            page = await router.Client.GetStringAsync("metrics");
        }

        // What is left is sent before the router has stopped.
        var spans = collector.Spans.Where(static span => span.TraceId == Trace).ToList();
        // The vendors answer in this process, and their servers tell of it too.
        var server = Assert.Single(spans, static span => span is { Kind: 2, ParentId: "b7ad6b7169203331" });
        var route = Assert.Single(spans, static span => span.Kind == 1);
        Assert.Equal(("POST", "/v1/chat/completions", "200"), (server.Attributes["http.request.method"], server.Attributes["url.path"], server.Attributes["http.response.status_code"]));
        Assert.Equal((server.SpanId, "route auto", "large", "mini,large", "2"), (route.ParentId, route.Name, route.Attributes["router.model"], route.Attributes["router.candidates"], route.Attributes["router.attempts"]));
        var calls = spans.Where(static span => span.Kind == 3).ToList();
        Assert.Equal(["chat mini-at-mini-vendor", "chat large-at-large-vendor"], calls.Select(static call => call.Name));
        Assert.All(calls, call => Assert.Equal(route.SpanId, call.ParentId));
        Assert.Equal("router-under-test", server.Resource["service.name"]);

        Assert.DoesNotContain(collector.Spans, static span => span.Attributes.GetValueOrDefault("url.path") == "/healthz");
        var metrics = Assert.Single(collector.Received, static call => call.Path.Contains("metrics", StringComparison.OrdinalIgnoreCase));
        var measured = Encoding.UTF8.GetString(metrics.Message);
        Assert.All(["router.requests", "router.request.overhead", "gen_ai.client.operation.duration", "gen_ai.client.token.usage", "router.breakers.open"], name => Assert.Contains(name, measured, StringComparison.Ordinal));
        Assert.All(collector.Received, static call => Assert.Contains("x-team", call.Headers, StringComparison.OrdinalIgnoreCase));
        Assert.Contains("router_requests_total", page, StringComparison.Ordinal);
        foreach (var planted in new[] { Prompt, Answer, Key })
        {
            Assert.DoesNotContain(planted, page, StringComparison.Ordinal);
            Assert.All(collector.Received, call => Assert.DoesNotContain(planted, call.Headers + Encoding.UTF8.GetString(call.Message), StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Sampler_OfTheEnvironment_IsHeard()
    {
        await using var collector = await OtlpCollector.StartAsync(isGrpc: false);
        var settings = new Dictionary<string, string?>(SettingsOf(collector, isGrpc: false)) { ["OTEL_TRACES_SAMPLER"] = "always_off" };

        await using (var router = await RunningRouter.StartAsync(new RouterFile().Upstream("mini", new Uri("http://127.0.0.1:9/")).ToString(), options => options with { Settings = settings }))
            await router.ChatAsync(ChatBodies.Plain(model: "mini"), ("traceparent", $"00-{Trace}-b7ad6b7169203331-01"));

        // A request of a test beside this one may have begun while the one before this listened.
        Assert.DoesNotContain(collector.Spans, static span => span.TraceId == Trace);
        Assert.NotEmpty(collector.Received);
    }

    private static Dictionary<string, string?> SettingsOf(OtlpCollector collector, bool isGrpc) => new()
    {
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Address,
        ["OTEL_EXPORTER_OTLP_PROTOCOL"] = isGrpc ? "grpc" : "http/protobuf",
        ["OTEL_EXPORTER_OTLP_HEADERS"] = "x-team=one",
        ["OTEL_SERVICE_NAME"] = "router-under-test",
    };
}
