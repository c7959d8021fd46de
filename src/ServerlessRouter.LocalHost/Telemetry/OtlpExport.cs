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
    private const string ProtocolVariable = "OTEL_EXPORTER_OTLP_PROTOCOL";
    private const string Grpc = "grpc";
    private const string Http = "http/protobuf";

    /// <summary>Machines look at them every few seconds: their spans say nothing, and would be most of what is stored.</summary>
    private static readonly FrozenSet<string> PagesOfMachines = FrozenSet.Create(StringComparer.OrdinalIgnoreCase, "/healthz", "/readyz", "/" + MetricsPage.Pattern);

    public static bool IsWanted(IConfiguration settings) =>
        settings[EndpointVariable] is { Length: > 0 } && !string.Equals(settings[DisabledVariable], "true", StringComparison.OrdinalIgnoreCase);

    /// <summary>It is wanted, and said in a way that can be followed.</summary>
    public static bool IsOn(IConfiguration settings) => IsWanted(settings) && FindProblem(settings) is null;

    /// <summary>What keeps anything from being sent, and how to mend it; null where the variables are in order. OpenTelemetry itself passes over what it cannot read without a word.</summary>
    public static string? FindProblem(IConfiguration settings)
    {
        var endpoint = settings[EndpointVariable]!;
        if (!Uri.TryCreate(endpoint, UriKind.Absolute, out var address) || (address.Scheme != Uri.UriSchemeHttp && address.Scheme != Uri.UriSchemeHttps))
            return $"{EndpointVariable} is no address of http or https, so no telemetry is sent; write it as http://127.0.0.1:4317";
        return settings[ProtocolVariable] is null or "" or Grpc or Http ? null : $"{ProtocolVariable} is neither {Grpc} nor {Http}, so no telemetry is sent; collectors usually take the first at port 4317 and the second at 4318";
    }

    /// <summary>Where to, for the first lines of the log.</summary>
    public static string Describe(IConfiguration settings)
    {
        var address = new Uri(settings[EndpointVariable]!);
        return $"OTLP ({(settings[ProtocolVariable] is { Length: > 0 } protocol ? protocol : Grpc)}) to {address.Scheme}://{address.Authority}{address.AbsolutePath}";
    }

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
