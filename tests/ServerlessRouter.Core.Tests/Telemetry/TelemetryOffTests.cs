using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Telemetry;
using ServerlessRouter.Testing.Diagnostics;
using ServerlessRouter.Testing.Models;
using ServerlessRouter.Testing.Time;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.Core.Tests.Telemetry;

/// <summary>What telemetry costs a request while nothing listens: no span, and not a byte.</summary>
public sealed class TelemetryOffTests : IDisposable
{
    private const int Runs = 5;

    private readonly ManualTimeProvider _time = new();
    private readonly RouterMetrics _metrics = new();

    public void Dispose() => _metrics.Dispose();

    [Fact]
    public void Request_ThatNothingWatches_HasNoSpanAndAllocatesNothing()
    {
        var context = Context();

        var allocated = Allocated.Bytes(() =>
        {
            RequestSpan.Begin(context);
            _metrics.Record(context, _time);
            RequestSpan.End(context, _metrics.Options, _time);
        });

        Assert.Null(context.Span);
        Assert.Equal(0, allocated);
    }

    [Fact]
    public async Task Call_ThatNothingWatches_IsHandedOnAtOnceAndAllocatesNothing()
    {
        var stage = new AttemptTelemetryStage(_metrics.Attempts, _metrics.Options, _time);
        var context = Context();
        LanguageModel model = context.Route.Candidates[0];
        var attempt = new AttemptContext(context, model, DeploymentChoice.Fresh) { Deployment = model.Deployments[0], StartedAt = _time.GetTimestamp(), WasSent = true };
        var calls = 0;
        NextAttemptStage next = (_, _) =>
        {
            calls++;
            return default;
        };

        var allocated = long.MaxValue;
        for (var run = 0; run < Runs; run++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            await stage.InvokeAsync(attempt, next, default);
            allocated = Math.Min(allocated, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        attempt.End(_time.GetTimestamp(), null, new TokenUsage(20, 4), 0.001m);

        Assert.Null(attempt.Span);
        Assert.Equal(Runs, calls);
        Assert.Equal(0, allocated);
    }

    private RequestContext Context()
    {
        var router = new RouterBuilder().Model("mini").Build();
        return new RequestContext("r1", router, ScannedRequest.Of(ChatBodies.Plain(model: "mini")), new ListedHeaders([]), _time.GetTimestamp()) { Route = router.Targets["mini"] };
    }
}
