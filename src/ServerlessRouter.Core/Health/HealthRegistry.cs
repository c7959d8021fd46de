using System.Collections.Concurrent;
using ServerlessRouter.Configuration;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Health;

/// <summary>The health of every deployment, kept by its id, so that it survives a new configuration.</summary>
public sealed class HealthRegistry(HealthOptions options, TimeProvider time) : IDeploymentVitals, IDeploymentCapacity
{
    private readonly HealthOptions _options = options.Validated();
    private readonly HealthEventFanout _events = new();
    private readonly ConcurrentDictionary<string, DeploymentHealth> _byId = new(StringComparer.Ordinal);

    // Saves hashing the id on every decision.
    private readonly ConfigurationTable<DeploymentModel, DeploymentHealth> _byDeployment = new();

    /// <inheritdoc/>
    public DeploymentVitals Of(DeploymentModel deployment) => Find(deployment).Vitals(deployment);

    /// <inheritdoc/>
    public bool IsCallable(DeploymentModel deployment) => Find(deployment).IsCallable();

    /// <inheritdoc/>
    public DeploymentPercentiles PercentilesOf(DeploymentModel deployment) => Find(deployment).Percentiles();

    /// <inheritdoc/>
    public DeploymentReport ReportOf(DeploymentModel deployment) => Find(deployment).Report(deployment);

    /// <inheritdoc/>
    public bool TryTake(DeploymentModel deployment, int promptTokens) => Find(deployment).TryTake(deployment, promptTokens);

    /// <inheritdoc/>
    public TimeSpan RoomIn(DeploymentModel deployment, int promptTokens) => Find(deployment).RoomIn(deployment, promptTokens);

    /// <summary>Tells this listener of every transition that this instance's own calls make.</summary>
    public void Announce(IHealthEvents listener) => _events.Add(listener);

    /// <summary>Knows the deployments of a configuration and forgets all others; call at the start and when a new configuration takes effect.</summary>
    public void Follow(RouterModel router)
    {
        var current = router.Models.SelectMany(static model => model.Deployments).ToList();
        _byDeployment.KeepOnly(current);
        var kept = new HashSet<string>(StringComparer.Ordinal);
        foreach (var deployment in current)
        {
            Find(deployment);
            kept.Add(deployment.Id);
        }

        foreach (var id in _byId.Keys)
        {
            if (!kept.Contains(id))
                _byId.TryRemove(id, out _);
        }
    }

    internal ICollection<DeploymentHealth> All => _byId.Values;

    internal DeploymentHealth Find(DeploymentModel deployment) =>
        _byDeployment.Of(deployment, this, static (deployment, owner) => owner._byId.GetOrAdd(deployment.Id, static (id, owner) => owner.Make(id), owner));

    private DeploymentHealth Make(string id) => new(id, _options, time, _events);
}

/// <summary>Tells every listener.</summary>
internal sealed class HealthEventFanout : IHealthEvents
{
    private readonly Lock _adding = new();
    private volatile IHealthEvents[] _listeners = [];

    public void Add(IHealthEvents listener)
    {
        lock (_adding)
            _listeners = [.. _listeners, listener];
    }

    public void OnOpened(string deploymentId, BreakerCause cause, TimeSpan length)
    {
        foreach (var listener in _listeners)
            listener.OnOpened(deploymentId, cause, length);
    }

    public void OnClosed(string deploymentId)
    {
        foreach (var listener in _listeners)
            listener.OnClosed(deploymentId);
    }
}
