using Azure.Monitor.OpenTelemetry.Exporter;
using Microsoft.Azure.Functions.Worker.OpenTelemetry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using ServerlessRouter.Functions.Identity;
using ServerlessRouter.Telemetry;

namespace ServerlessRouter.Functions.Hosting;

/// <summary>Sends logs, traces and metrics to Application Insights, to an OTLP collector, to both, or nowhere, as the settings say.</summary>
internal static class TelemetryRegistration
{
    public const string ConnectionStringSetting = "APPLICATIONINSIGHTS_CONNECTION_STRING";

    /// <summary>Set where the component takes telemetry from identities alone.</summary>
    public const string AuthenticationSetting = "APPLICATIONINSIGHTS_AUTHENTICATION_STRING";

    public const string OtlpEndpointSetting = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>The runtime's own spans and metrics of outgoing calls.</summary>
    private const string HttpClientSource = "System.Net.Http";

    public static void Add(IServiceCollection services, IConfiguration settings)
    {
        var telemetry = services.AddOpenTelemetry()
            .UseFunctionsWorkerDefaults()
            .WithMetrics(static metrics => metrics.AddMeter(RouterMetrics.MeterName))
            .WithTracing(static traces => traces.AddSource(HttpClientSource));
        if (settings[ConnectionStringSetting] is { Length: > 0 } connectionString)
        {
            telemetry.UseAzureMonitorExporter(exporter =>
            {
                exporter.ConnectionString = connectionString;
                if (settings[AuthenticationSetting] is { Length: > 0 })
                    exporter.Credential = AppIdentity.Of(settings[AppIdentity.ClientIdSetting]);
            });
        }

        if (settings[OtlpEndpointSetting] is { Length: > 0 })
            telemetry.UseOtlpExporter();
    }
}
