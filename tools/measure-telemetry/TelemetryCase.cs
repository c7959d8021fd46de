namespace ServerlessRouter.Tools.MeasureTelemetry;

/// <summary>One way to have a router show what it does.</summary>
/// <param name="Name">What the table says.</param>
/// <param name="Arguments">What its command line says besides.</param>
internal sealed record TelemetryCase(string Name, params string[] Arguments)
{
    private const string Http = "http/protobuf";
    private const string Grpc = "grpc";

    /// <summary>How spans, metrics and logs are sent to the collector; null where they are not.</summary>
    public string? Protocol { get; init; }

    /// <summary>Share of the requests whose spans are made; 1 takes the default, which is all.</summary>
    public double Sampled { get; init; } = 1;

    /// <summary><c>/metrics</c> is read every second.</summary>
    public bool IsScraped { get; init; }

    /// <summary>What all others are compared with.</summary>
    public static TelemetryCase Off { get; } = new("off", "--metrics", "off");

    public static IReadOnlyList<TelemetryCase> All { get; } =
    [
        Off,
        new("`/metrics` there, and no one looks"),
        new("`/metrics` read every second", "--metrics", "on") { IsScraped = true },
        new("OTLP over HTTP, every span", "--metrics", "off") { Protocol = Http },
        new("OTLP over gRPC, every span", "--metrics", "off") { Protocol = Grpc },
        new("OTLP over HTTP, a tenth of the spans", "--metrics", "off") { Protocol = Http, Sampled = 0.1 },
        new("a line of log for each request", "--metrics", "off", "--access-log"),
        new("the same as JSON", "--metrics", "off", "--access-log", "--log-format", "json"),
    ];

    /// <summary>What OpenTelemetry reads.</summary>
    public Dictionary<string, string> Environment(Collector collector)
    {
        var variables = new Dictionary<string, string>();
        if (Protocol is null)
            return variables;
        variables["OTEL_EXPORTER_OTLP_ENDPOINT"] = (Protocol == Grpc ? collector.GrpcAddress : collector.HttpAddress).ToString();
        variables["OTEL_EXPORTER_OTLP_PROTOCOL"] = Protocol;
        if (Sampled < 1)
        {
            variables["OTEL_TRACES_SAMPLER"] = "parentbased_traceidratio";
            variables["OTEL_TRACES_SAMPLER_ARG"] = FormattableString.Invariant($"{Sampled}");
        }

        return variables;
    }
}
