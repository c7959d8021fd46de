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
        var why = cause switch
        {
            BreakerCause.Outage => "too many of its calls failed",
            BreakerCause.Burst => "its rate limit is reached",
            BreakerCause.Quota => "its quota or credit is used up, which only its owner can mend",
            BreakerCause.Refused => "the router's credential was refused or the model is gone, which only its owner can mend",
        };
        Opened(logger, level, deploymentId, length.TotalSeconds, why);
    }

    /// <inheritdoc/>
    public void OnClosed(string deploymentId) => Closed(logger, deploymentId);

    [LoggerMessage(EventId = 1, Message = "{Deployment} is left alone for {Seconds:0.#} s: {Why}")]
    private static partial void Opened(ILogger logger, LogLevel level, string deployment, double seconds, string why);

    [LoggerMessage(2, LogLevel.Information, "{Deployment} answers again")]
    private static partial void Closed(ILogger logger, string deployment);
}
