using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace ServerlessRouter.LocalHost.Telemetry;

/// <summary><c>GET /metrics</c>: what the router counts, in the formats that Prometheus reads.</summary>
/// <param name="application">Where the exporter's own middleware comes from.</param>
internal sealed class MetricsPage(IApplicationBuilder application) : IDisposable
{
    public const string Name = "Metrics";
    public const string Pattern = "metrics";

    private readonly Lock _beginning = new();
    private MeterProvider? _provider;
    private RequestDelegate? _page;

    public Task AnswerAsync(HttpContext http) => Begin()(http);

    /// <summary>Counts from now on; further calls change nothing.</summary>
    public RequestDelegate Begin()
    {
        lock (_beginning)
            return _page ??= Make();
    }

    public void Dispose() => _provider?.Dispose();

    private RequestDelegate Make()
    {
        _provider = Sdk.CreateMeterProviderBuilder().ConfigureResource(RouterResource.Describe).AddMeter(RouterResource.Meters).AddPrometheusExporter().Build();
        var branch = application.New();
        branch.UseOpenTelemetryPrometheusScrapingEndpoint(_provider, static _ => true, path: null, configureBranchedPipeline: null, optionsName: null);
        return branch.Build();
    }
}
