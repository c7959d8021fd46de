using ServerlessRouter.Configuration;

namespace ServerlessRouter.Pipeline;

/// <summary>Where the vitals of every deployment are read; never waits.</summary>
public interface IDeploymentVitals
{
    DeploymentVitals Of(DeploymentModel deployment);
}
