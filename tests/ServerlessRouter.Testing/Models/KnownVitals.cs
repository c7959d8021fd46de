using ServerlessRouter.Configuration;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Testing.Models;

/// <summary>Vitals a test sets for each deployment id, the same in every call unless it spreads them; callable and never measured where it sets none.</summary>
public sealed class KnownVitals : IDeploymentVitals
{
    private static readonly DeploymentVitals Unmeasured = new() { IsCallable = true, Headroom = 1 };

    private readonly Dictionary<string, DeploymentVitals> _known = [];
    private readonly Dictionary<string, DeploymentPercentiles> _spread = [];

    public KnownVitals Set(string deploymentId, double firstTokenSeconds = 0, double tokensPerSecond = 0)
    {
        _known[deploymentId] = Unmeasured with { FirstTokenSeconds = firstTokenSeconds, TokensPerSecond = tokensPerSecond };
        _spread[deploymentId] = new DeploymentPercentiles(Always(firstTokenSeconds), Always(tokensPerSecond));
        return this;
    }

    /// <summary>Sets how the calls of the last minutes were spread.</summary>
    public KnownVitals Spread(string deploymentId, Percentiles firstTokenSeconds, Percentiles tokensPerSecond)
    {
        _spread[deploymentId] = new DeploymentPercentiles(firstTokenSeconds, tokensPerSecond);
        return this;
    }

    public DeploymentVitals Of(DeploymentModel deployment) =>
        _known.TryGetValue(deployment.Id, out var vitals) ? vitals : Unmeasured;

    public DeploymentPercentiles PercentilesOf(DeploymentModel deployment) => _spread.GetValueOrDefault(deployment.Id);

    private static Percentiles Always(double value) => value == 0 ? default : new Percentiles(100, value, value, value, value, value);
}
