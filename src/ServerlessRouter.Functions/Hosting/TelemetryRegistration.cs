using Azure.Monitor.OpenTelemetry.Exporter;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.OpenTelemetry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using ServerlessRouter.Functions.Identity;
using ServerlessRouter.Functions.Telemetry;
using ServerlessRouter.Telemetry;

namespace ServerlessRouter.Functions.Hosting;

/// <summary>Sends logs, traces and metrics to Application Insights, to an OTLP collector, to both, or nowhere, as the settings say.</summary>
internal static class TelemetryRegistration
{
    /// <summary>Where the app alone sends to. The host of the functions does not know it, and so sends none of its own spans and counters, which cost more than the router's.</summary>
    public const string ConnectionStringSetting = "ROUTER_TELEMETRY_CONNECTION_STRING";

    /// <summary>The usual one, which the host reads too; counts where the other is not set.</summary>
    public const string SharedConnectionStringSetting = "APPLICATIONINSIGHTS_CONNECTION_STRING";

    /// <summary>Set where the component takes telemetry from identities alone.</summary>
    public const string AuthenticationSetting = "APPLICATIONINSIGHTS_AUTHENTICATION_STRING";

    public const string OtlpEndpointSetting = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>OpenTelemetry's own variable; where it is set, what it leaves out is not seen here either.</summary>
    public const string SamplerSetting = "OTEL_TRACES_SAMPLER";

    /// <summary>Read by the exporter, which without it adds a row that says nothing to every batch.</summary>
    private const string ResourceRowsVariable = "OTEL_DOTNET_AZURE_MONITOR_ENABLE_RESOURCE_METRICS";

    /// <summary>By it the host leaves it to the app to show what the app does.</summary>
    private const string ShowsItself = "WorkerOpenTelemetryEnabled";

    /// <summary>Each series that moved is a row then; alerts look every 15 minutes.</summary>
    private const int MetricsIntervalMilliseconds = 300_000;

    /// <summary>Those that alerts and the workbook read. Others are for a collector, which does not bill each by the row.</summary>
    private static readonly HashSet<string> BilledMetrics =
        new(["router.requests", "router.request.duration", "router.request.cost", "router.alerts", "gen_ai.client.token.usage", "gen_ai.client.operation.duration"], StringComparer.Ordinal);

    private static readonly (string? Category, LogLevel Level)[] Levels =
    [
        (null, LogLevel.Warning),
        ("ServerlessRouter", LogLevel.Information),
        ("ServerlessRouter.Dispatch", LogLevel.Warning),
        ("ServerlessRouter.Recording", LogLevel.Warning),
    ];

    /// <exception cref="InvalidOperationException">A setting cannot be read.</exception>
    public static void Add(IServiceCollection services, IConfiguration settings)
    {
        services.Configure<WorkerOptions>(static worker => worker.Capabilities[ShowsItself] = bool.TrueString);
        var telemetry = services.AddOpenTelemetry()
            .ConfigureResource(static resource => resource.AddDetector(new FunctionsResourceDetector()))
            .WithMetrics(static metrics => metrics.AddMeter(RouterTelemetry.MeterName))
            .WithTracing(traces =>
            {
                traces.AddSource(HttpSpans.SourceName, RouterTelemetry.SourceName);
                // The host passes the caller's trace on as one that no one records; whether to is decided here, when a request has ended.
                if (settings[SamplerSetting] is not { Length: > 0 })
                    traces.SetSampler(new AlwaysOnSampler());
            })
            .WithLogging();
        AddLevels(services);
        if (ConnectionStringOf(settings) is { } connectionString)
            AddApplicationInsights(telemetry, settings, connectionString);
        if (settings[OtlpEndpointSetting] is { Length: > 0 })
            telemetry.UseOtlpExporter();
    }

    /// <summary>Today's names alone where each series is billed; a collector gets the former ones too, for one more version.</summary>
    public static TelemetryOptions NamesOf(IConfiguration settings) =>
        TelemetryOptions.FromEnvironment(name => settings[name]) with { KeepsFormerNames = ConnectionStringOf(settings) is null };

    private static string? ConnectionStringOf(IConfiguration settings) =>
        settings[ConnectionStringSetting] is { Length: > 0 } own ? own : settings[SharedConnectionStringSetting] is { Length: > 0 } shared ? shared : null;

    /// <summary>
    /// What is sent of the log unless <c>Logging:OpenTelemetry:LogLevel</c> says otherwise: the frameworks tell of every request and every call to the storage, and the router of every failed one,
    /// which its row says too.
    /// </summary>
    private static void AddLevels(IServiceCollection services) => services.PostConfigure<LoggerFilterOptions>(static filters =>
    {
        // Of two rules that fit equally well the last one counts.
        foreach (var (category, level) in Levels)
            filters.Rules.Insert(0, new LoggerFilterRule(typeof(OpenTelemetryLoggerProvider).FullName, category, level, filter: null));
    });

    private static void AddApplicationInsights(OpenTelemetryBuilder telemetry, IConfiguration settings, string connectionString)
    {
        if (Environment.GetEnvironmentVariable(ResourceRowsVariable) is null)
            Environment.SetEnvironmentVariable(ResourceRowsVariable, "false");
        var volume = TelemetryVolume.Of(settings);
        var credential = settings[AuthenticationSetting] is { Length: > 0 } ? AppIdentity.Of(settings[AppIdentity.ClientIdSetting]) : null;
        telemetry
            .WithTracing(traces => traces.AddProcessor(_ => new RequestRows(SendersOf(volume, Options), volume, TimeProvider.System)))
            .WithLogging(logs => logs.AddProcessor(_ => new BoundedLog(new BatchLogRecordExportProcessor(new AzureMonitorLogExporter(Options(1))), TimeProvider.System)),
                static log => log.IncludeFormattedMessage = true)
            .WithMetrics(metrics => metrics
                .AddView(static metric => BilledMetrics.Contains(metric.Name) ? null : MetricStreamConfiguration.Drop)
                .AddReader(_ => new PeriodicExportingMetricReader(new AzureMonitorMetricExporter(Options(1)), MetricsIntervalMilliseconds) { TemporalityPreference = MetricReaderTemporalityPreference.Delta }));

        AzureMonitorExporterOptions Options(double share) => new() { ConnectionString = connectionString, Credential = credential, SamplingRatio = (float)share };
    }

    private static RowProcessors SendersOf(TelemetryVolume volume, Func<double, AzureMonitorExporterOptions> options)
    {
        var whole = SenderOf(1);
        return new RowProcessors(whole, volume.Requests < 1 ? SenderOf(volume.Requests) : whole, volume.Background < 1 ? SenderOf(volume.Background) : whole);

        BatchActivityExportProcessor SenderOf(double share) => new(new AzureMonitorTraceExporter(options(share)));
    }
}
