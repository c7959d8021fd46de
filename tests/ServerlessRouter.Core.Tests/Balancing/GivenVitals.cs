using ServerlessRouter.Configuration;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Core.Tests.Balancing;

/// <summary>Vitals a test writes; whatever it leaves out is in best health.</summary>
internal sealed class GivenVitals : IDeploymentVitals
{
    public static readonly DeploymentVitals Healthy = new() { IsCallable = true, Headroom = 1 };

    private readonly Dictionary<string, DeploymentVitals> _byId = [];

    public DeploymentVitals this[string id]
    {
        get => _byId.GetValueOrDefault(id, Healthy);
        set => _byId[id] = value;
    }

    public DeploymentVitals Of(DeploymentModel deployment) => this[deployment.Id];

    public DeploymentPercentiles PercentilesOf(DeploymentModel deployment) => default;
}
