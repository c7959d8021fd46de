using ServerlessRouter.Configuration;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Core.Tests.Balancing;

/// <summary>Allows the named deployments, in this order.</summary>
internal sealed class GivenFilter(params string[] order) : IDeploymentFilter
{
    public bool Allows(LanguageModel model, DeploymentModel deployment) => order.Contains(deployment.Id);

    public int Rank(LanguageModel model, DeploymentModel deployment) => Array.IndexOf(order, deployment.Id);
}
