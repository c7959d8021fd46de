using Microsoft.Extensions.Logging;
using ServerlessRouter.Admission;
using ServerlessRouter.Balancing;
using ServerlessRouter.Chat;
using ServerlessRouter.Classification;
using ServerlessRouter.Configuration;
using ServerlessRouter.Dispatch;
using ServerlessRouter.Health;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Providers;
using ServerlessRouter.Recording;
using ServerlessRouter.Routing;
using ServerlessRouter.Telemetry;

namespace ServerlessRouter;

/// <summary>The router, wired once: what every host serves requests with.</summary>
public sealed class RouterServices : IAsyncDisposable
{
    private readonly ProviderRegistry _providers;
    private readonly RouterMetrics _metrics;
    private readonly HealthRegistry _health;

    private RouterServices(RouterServicesOptions options)
    {
        var (time, random, loggers) = (options.Time, options.Random, options.Loggers);
        Models = options.Models;
        _providers = new ProviderRegistry(time, random, loggers, options.Credential);
        _metrics = new RouterMetrics();
        _health = new HealthRegistry(new HealthOptions(), time);
        _health.Announce(new HealthLog(loggers.CreateLogger<HealthLog>()));
        _health.Follow(Models.Current);
        Models.Changed += _health.Follow;

        var attempts = RouterPipeline.ComposeAttempt(
            new BalancingStage(_health, random, new BalancingOptions { Region = options.Region }),
            new HealthStage(_health),
            new ProvidersStage(_providers, time));
        Pipeline = new RouterPipeline(
            new RecordingStage(time, _metrics, loggers.CreateLogger<RecordingStage>()),
            new AdmissionStage(),
            new ClassificationStage(),
            new RoutingStage(new TableQualityEstimator(), _health),
            new DispatchStage(attempts, time, random, loggers.CreateLogger<DispatchStage>()));
    }

    /// <summary>Answers and plans requests.</summary>
    public IRouterPipeline Pipeline { get; }

    /// <summary>The configuration, now and after each reload.</summary>
    public RouterModelSource Models { get; }

    /// <summary>What is known about every deployment right now.</summary>
    public IDeploymentVitals Vitals => _health;

    /// <summary>Wires the router.</summary>
    public static RouterServices Create(RouterServicesOptions options) => new(options);

    /// <summary>What spoke for and against the task a request was taken for, weightiest first.</summary>
    public static IEnumerable<KeyValuePair<string, float>> ExplainProfile(ChatRequest request)
    {
        var explanation = ClassificationStage.Explain(request);
        return explanation.Features.Concat(explanation.Words)
            .OrderByDescending(static item => Math.Abs(item.Contribution))
            .Select(static item => KeyValuePair.Create(item.Feature, item.Contribution));
    }

    /// <summary>Closes every upstream connection.</summary>
    public async ValueTask DisposeAsync()
    {
        Models.Changed -= _health.Follow;
        await _providers.DisposeAsync();
        _metrics.Dispose();
    }
}
