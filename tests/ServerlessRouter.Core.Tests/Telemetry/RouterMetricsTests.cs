using System.Diagnostics.Metrics;
using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Telemetry;
using ServerlessRouter.Testing.Models;
using ServerlessRouter.Testing.Time;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.Core.Tests.Telemetry;

/// <summary>Which numbers there are, under which names, and that none is there twice.</summary>
public sealed class RouterMetricsTests
{
    private readonly ManualTimeProvider _time = new();

    [Theory]
    [InlineData(GenAiConventions.V141, "gen_ai.client.operation.duration gen_ai.client.token.usage gen_ai.client.token.usage")]
    [InlineData(
        GenAiConventions.Latest,
        "gen_ai.client.inference.duration gen_ai.client.inference.operation.input_tokens gen_ai.client.inference.operation.output_tokens gen_ai.client.inference.usage.cache_read.input_tokens gen_ai.client.inference.usage.cache_write.input_tokens gen_ai.client.inference.usage.input_tokens gen_ai.client.inference.usage.output_tokens gen_ai.client.inference.usage.reasoning.output_tokens")]
    public void Call_IsMeasuredByTheConventionsThatAreAskedFor(GenAiConventions conventions, string expected)
    {
        using var metrics = new RouterMetrics(new TelemetryOptions { Conventions = conventions });
        using var heard = new Heard(metrics);
        var attempt = Answered(Context());

        metrics.Attempts.Record(attempt, new DeploymentLabels(attempt.Deployment!), _time);

        Assert.Equal(expected, string.Join(' ', heard.Names.Order(StringComparer.Ordinal)));
        Assert.All(heard.Labels, static labels => Assert.Contains("gen_ai.operation.name=chat", labels));
    }

    [Fact]
    public void Request_HasItsOwnLabels_AndFormerOnesOnlyWhereTheyAreKept()
    {
        using var kept = new RouterMetrics();
        using var left = new RouterMetrics(new TelemetryOptions { KeepsFormerNames = false, NamesKeys = true });
        using var heardKept = new Heard(kept);
        using var heardLeft = new Heard(left);
        var context = Context();
        context.CallerName = "team-a";
        context.Error = new RouterError(RouterErrorCode.Timeout, "late");

        kept.Record(context, _time);
        left.Record(context, _time);

        Assert.Contains(heardKept.Labels, static labels => labels is ["error=timeout", "route=mini", "router.outcome=timeout", "router.route=mini"]);
        Assert.Contains("router.cost", heardKept.Names);
        Assert.Equal(["router.request.cost", "router.request.duration", "router.request.overhead", "router.requests"], heardLeft.Names.Order(StringComparer.Ordinal));
        Assert.Contains(heardLeft.Labels, static labels => labels is ["router.key=team-a", "router.outcome=timeout", "router.route=mini"]);
    }

    [Fact]
    public void Waiting_IsWhatItIs_AlsoForOneWhoLooksLater()
    {
        using var metrics = new RouterMetrics(new TelemetryOptions { KeepsFormerNames = false });
        metrics.Wait("mini", 3);
        metrics.Wait("mini", -1);
        using var heard = new Heard(metrics);

        heard.Look();

        Assert.Equal(2, heard.Values["router.requests.waiting"]);
    }

    private RequestContext Context()
    {
        var router = new RouterBuilder().Model("mini").Build();
        return new RequestContext("r1", router, ScannedRequest.Of(ChatBodies.Plain(model: "mini")), new ListedHeaders([]), _time.GetTimestamp()) { Route = router.Targets["mini"] };
    }

    private AttemptContext Answered(RequestContext context)
    {
        LanguageModel model = context.Route.Candidates[0];
        var attempt = new AttemptContext(context, model, DeploymentChoice.Fresh) { Deployment = model.Deployments[0], StartedAt = _time.GetTimestamp(), WasSent = true };
        attempt.End(_time.GetTimestamp(), null, new TokenUsage(20, 4), 0.001m);
        return attempt;
    }

    /// <summary>What one set of instruments says; others of the name run beside it.</summary>
    private sealed class Heard : IDisposable
    {
        private readonly MeterListener _listener = new();

        public Heard(RouterMetrics metrics)
        {
            var meter = metrics.Meter;
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter == meter)
                    listener.EnableMeasurementEvents(instrument);
            };
            _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Note(instrument, value, tags));
            _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Note(instrument, value, tags));
            _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Note(instrument, value, tags));
            _listener.Start();
        }

        public List<string> Names { get; } = [];

        public List<string[]> Labels { get; } = [];

        public Dictionary<string, double> Values { get; } = [];

        public void Look() => _listener.RecordObservableInstruments();

        public void Dispose() => _listener.Dispose();

        private void Note(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            Names.Add(instrument.Name);
            Values[instrument.Name] = value;
            Labels.Add([.. tags.ToArray().Select(static tag => $"{tag.Key}={tag.Value}").Order(StringComparer.Ordinal)]);
        }
    }
}
