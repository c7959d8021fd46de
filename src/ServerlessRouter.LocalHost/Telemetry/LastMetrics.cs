using OpenTelemetry.Metrics;

namespace ServerlessRouter.LocalHost.Telemetry;

/// <summary>Sends the metrics for the last time once no request is open any more, and while what is looked at for them, such as breakers, is still there: the router ends when all services have stopped.</summary>
internal sealed class LastMetrics(MeterProvider provider) : IHostedService
{
    /// <summary>A collector that does not answer holds up no stop for longer.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.Run(() => provider.Shutdown((int)Patience.TotalMilliseconds), cancellationToken);
}
