using System.Collections.Frozen;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using ServerlessRouter.Telemetry;

namespace ServerlessRouter.LocalHost.Telemetry;

/// <summary>Sends spans, metrics and logs to a collector, where the environment names one; without one nothing of it is made. OpenTelemetry reads its own variables.</summary>
internal static class OtlpExport
{
    public const string EndpointVariable = "OTEL_EXPORTER_OTLP_ENDPOINT";

    private const string DisabledVariable = "OTEL_SDK_DISABLED";

    /// <summary>Machines look at them every few seconds: their spans say nothing, and would be most of what is stored.</summary>
    private static readonly FrozenSet<string> PagesOfMachines = FrozenSet.Create(StringComparer.OrdinalIgnoreCase, "/healthz", "/readyz", "/" + MetricsPage.Pattern);

    public static bool IsWanted(IConfiguration settings) =>
        settings[EndpointVariable] is { Length: > 0 } && !string.Equals(settings[DisabledVariable], "true", StringComparison.OrdinalIgnoreCase);

    public static void Add(IServiceCollection services)
    {
        services.Configure<OpenTelemetryLoggerOptions>(static logs => logs.IncludeFormattedMessage = true);
        services.AddOpenTelemetry()
            .ConfigureResource(RouterResource.Describe)
            .WithTracing(static traces => traces
                .AddSource(RouterTelemetry.SourceName)
                .AddAspNetCoreInstrumentation(static server => server.Filter = static http => !PagesOfMachines.Contains(http.Request.Path.Value ?? "")))
            .WithMetrics(static metrics => metrics.AddMeter(RouterResource.Meters))
            .UseOtlpExporter();
        services.AddHostedService<LastMetrics>();
    }
}
