using ServerlessRouter.Configuration;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Testing.Models;

/// <summary>Vitals a test sets for each deployment id; callable and never measured where it sets none.</summary>
public sealed class KnownVitals : IDeploymentVitals
{
    private static readonly DeploymentVitals Unmeasured = new() { IsCallable = true, Headroom = 1 };

    private readonly Dictionary<string, DeploymentVitals> _known = [];

    public KnownVitals Set(string deploymentId, double firstTokenSeconds = 0, double tokensPerSecond = 0)
    {
        _known[deploymentId] = Unmeasured with { FirstTokenSeconds = firstTokenSeconds, TokensPerSecond = tokensPerSecond };
        return this;
    }

    public DeploymentVitals Of(DeploymentModel deployment) =>
        _known.TryGetValue(deployment.Id, out var vitals) ? vitals : Unmeasured;
}
