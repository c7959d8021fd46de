using Microsoft.Azure.Functions.Worker;
using ServerlessRouter.Alerts;

namespace ServerlessRouter.Functions.Hosting;

/// <summary>What is done for alerts from time to time, by one instance.</summary>
public sealed class AlertTimers(RouterServices router)
{
    /// <summary>Looks what is wrong and delivers what waits. While instances run they do so by themselves; this is for an app that has scaled to zero, at the minutes that wake it for jobs anyway.</summary>
    [Function("LookForAlerts")]
    public Task Look([TimerTrigger("0 */5 * * * *")] TimerInfo timer, CancellationToken cancellationToken) => router.LookForAlertsAsync(cancellationToken).AsTask();

    /// <summary>Forgets alerts past their days.</summary>
    [Function("RetainAlerts")]
    public Task Retain([TimerTrigger("0 47 3 * * *")] TimerInfo timer, CancellationToken cancellationToken) => router.Work.RunAsync(AlertAdministration.RetentionName, cancellationToken);
}
