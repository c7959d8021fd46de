using Microsoft.Extensions.Logging;

namespace ServerlessRouter.Health;

/// <summary>Logs what breakers do; what only a person can mend is an error, so that alerts can go by the level.</summary>
public sealed partial class HealthLog(ILogger<HealthLog> logger) : IHealthEvents
{
    /// <inheritdoc/>
    public void OnOpened(string deploymentId, BreakerCause cause, TimeSpan length)
    {
        var level = cause switch
        {
            BreakerCause.Outage => LogLevel.Warning,
            BreakerCause.Burst => LogLevel.Information,
            BreakerCause.Quota or BreakerCause.Refused => LogLevel.Error,
        };
        Opened(logger, level, deploymentId, length.TotalSeconds, cause);
    }

    /// <inheritdoc/>
    public void OnClosed(string deploymentId) => Closed(logger, deploymentId);

    [LoggerMessage(EventId = 1, Message = "{Deployment} is left alone for {Seconds} s: {Cause}")]
    private static partial void Opened(ILogger logger, LogLevel level, string deployment, double seconds, BreakerCause cause);

    [LoggerMessage(2, LogLevel.Information, "{Deployment} answers again")]
    private static partial void Closed(ILogger logger, string deployment);
}
