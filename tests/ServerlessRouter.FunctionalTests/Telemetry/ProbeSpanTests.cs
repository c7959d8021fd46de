using System.Diagnostics;
using ServerlessRouter.Chat;
using ServerlessRouter.Configuration;
using ServerlessRouter.FunctionalTests.Running;
using ServerlessRouter.Health;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Probes;
using ServerlessRouter.Providers;
using ServerlessRouter.Testing.Models;
using ServerlessRouter.Testing.Time;
using ServerlessRouter.Testing.Upstreams;
using ServerlessRouter.Testing.Wire;
using Xunit;
using static ServerlessRouter.FunctionalTests.Running.SpanCollector;

namespace ServerlessRouter.FunctionalTests.Telemetry;

/// <summary>What a tool for traces shows of a call by which the router tries a deployment that failed: a trace of its own, because it is for no caller.</summary>
[Collection(Collections.Spans)]
public sealed class ProbeSpanTests : IAsyncLifetime
{
    private readonly ManualTimeProvider _time = new();
    private readonly SpanCollector _spans = new("probed-vendor/probed");
    private FakeUpstream _upstream = null!;
    private RouterServices _router = null!;
    private RouterModelSource _models = null!;

    public async Task InitializeAsync()
    {
        _upstream = await FakeUpstream.StartAsync();
        _models = new RouterModelSource(new RouterBuilder().Provider("probed-vendor", provider => provider.Kind(ProviderKinds.OpenAI, _upstream.OpenAiAddress))
            .Model("mini", static model => model.At("probed-vendor", "probed").Price(1, 4)).Build());
        _router = RouterServices.Create(new RouterServicesOptions { Models = _models, Time = _time });
    }

    public async Task DisposeAsync()
    {
        await _router.DisposeAsync();
        await _upstream.DisposeAsync();
        _spans.Dispose();
    }

    [Fact]
    public async Task Probe_ThatIsAnswered_IsACallBelowNothing()
    {
        await BreakAsync();
        _upstream.Default(Reply.Text("ok").Usage(prompt: 9, completion: 1));

        var probe = await ProbeAsync();

        Assert.Equal(("chat probed", "probe", "chat", "openai", null, ActivityStatusCode.Unset),
            (probe.DisplayName, Tag(probe, "router.attempt.reason"), Tag(probe, "gen_ai.operation.name"), Tag(probe, "gen_ai.provider.name"), Tag(probe, "error.type"), probe.Status));
        Assert.Equal(("9", "1", "16", "mini"),
            (Tag(probe, "gen_ai.usage.input_tokens"), Tag(probe, "gen_ai.usage.output_tokens"), Tag(probe, "gen_ai.request.max_tokens"), Tag(probe, "router.model")));
        Assert.Equal($"00-{probe.TraceId.ToHexString()}-{probe.SpanId.ToHexString()}-01", _upstream.Books.Requests[^1].Headers["traceparent"]);
    }

    [Fact]
    public async Task Probe_ThatFails_IsAnError()
    {
        await BreakAsync();
        _upstream.Default(Reply.Status(500));

        var probe = await ProbeAsync();

        Assert.Equal(("probe", "server_error", ActivityStatusCode.Error), (Tag(probe, "router.attempt.reason"), Tag(probe, "error.type"), probe.Status));
    }

    /// <summary>After it the deployment is left alone.</summary>
    private async Task BreakAsync()
    {
        _upstream.Default(Reply.QuotaExhausted());
        using var request = ScannedRequest.Of(ChatBodies.Plain(model: "mini"));
        var context = new RequestContext("r-1", _models.Current, request, new ListedHeaders(), _time.GetTimestamp());
        Assert.IsType<ChatOutcome.Failed>(await _router.Pipeline.InvokeAsync(context, default));
    }

    private async Task<Activity> ProbeAsync()
    {
        _time.Advance(new HealthOptions().Quota + IdleProbes.IdleAfter);
        Assert.True(await _router.Work.RunAsync(IdleProbes.StepName));
        var probe = Assert.Single(_spans.Calls(), static call => Tag(call, "router.attempt.reason") == "probe");
        Assert.Equal((ActivityKind.Client, default), (probe.Kind, probe.ParentSpanId));
        return probe;
    }
}
