using Microsoft.Azure.Functions.Worker;

namespace ServerlessRouter.Functions.Hosting;

/// <summary>What is done for the deployments' health from time to time, by one instance.</summary>
public sealed class HealthTimers(RouterServices router)
{
    /// <summary>Tries deployments that failed and to which no request comes. While instances run they do so by themselves; this is for an app that has scaled to zero.</summary>
    [Function("ProbeDeployments")]
    public Task Probe([TimerTrigger("0 */15 * * * *")] TimerInfo timer, CancellationToken cancellationToken) => router.ProbeAsync(cancellationToken).AsTask();
}
