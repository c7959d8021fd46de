using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace ServerlessRouter.Functions.Tests.Telemetry;

/// <summary>Waits longer than the providers by themselves do until all is sent, for a machine that is busy with other tests.</summary>
internal sealed class FlushAtEnd(TracerProvider traces, MeterProvider metrics, LoggerProvider log) : IDisposable
{
    private const int TimeoutMilliseconds = 60_000;

    public void Dispose()
    {
        traces.ForceFlush(TimeoutMilliseconds);
        metrics.ForceFlush(TimeoutMilliseconds);
        log.ForceFlush(TimeoutMilliseconds);
    }
}
