using ServerlessRouter.Configuration;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Core.Tests.Http;

/// <summary>Says of every deployment what a test says.</summary>
internal sealed class VitalsOf(Func<string, DeploymentVitals> known) : IDeploymentVitals
{
    public static readonly VitalsOf Healthy = new(static _ => new DeploymentVitals { IsCallable = true, Headroom = 1 });

    public DeploymentVitals Of(DeploymentModel deployment) => known(deployment.Id);

    public DeploymentPercentiles PercentilesOf(DeploymentModel deployment) => default;
}
