using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using ServerlessRouter.Configuration;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Health;

/// <summary>The health of every deployment, kept by its id, so that it survives a new configuration.</summary>
public sealed class HealthRegistry(HealthOptions options, TimeProvider time, IHealthEvents? events = null) : IDeploymentVitals
{
    private readonly ConcurrentDictionary<string, DeploymentHealth> _byId = new(StringComparer.Ordinal);

    // Saves hashing the id on every decision; an entry lives as long as the configuration that holds the deployment.
    private readonly ConditionalWeakTable<DeploymentModel, DeploymentHealth> _byDeployment = [];

    /// <inheritdoc/>
    public DeploymentVitals Of(DeploymentModel deployment) => Find(deployment).Vitals(deployment);

    /// <summary>Forgets the deployments that a new configuration no longer has; call when it takes effect.</summary>
    public void Retain(RouterModel router)
    {
        var kept = new HashSet<string>(StringComparer.Ordinal);
        foreach (var model in router.Models)
        {
            foreach (var deployment in model.Deployments)
                kept.Add(deployment.Id);
        }

        foreach (var id in _byId.Keys)
        {
            if (!kept.Contains(id))
                _byId.TryRemove(id, out _);
        }
    }

    internal DeploymentHealth Find(DeploymentModel deployment) =>
        _byDeployment.TryGetValue(deployment, out var health) ? health : _byDeployment.GetValue(deployment, Attach);

    private DeploymentHealth Attach(DeploymentModel deployment) =>
        _byId.GetOrAdd(deployment.Id, static (id, owner) => owner.Make(id), this);

    private DeploymentHealth Make(string id) => new(id, options, time, events);
}
