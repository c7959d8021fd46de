using System.Diagnostics;

namespace ServerlessRouter.Telemetry;

/// <summary>The names under which an application's OpenTelemetry SDK takes what the router shows: <c>AddSource(SourceName)</c> and <c>AddMeter(MeterName)</c>.</summary>
public static class RouterTelemetry
{
    /// <summary>Of the spans: one for each request, and one for each call to a vendor below it.</summary>
    public const string SourceName = "ServerlessRouter";

    /// <summary>Of the metrics.</summary>
    public const string MeterName = "ServerlessRouter";

    internal static ActivitySource Source { get; } = new(SourceName);
}
