using ServerlessRouter.Configuration;

namespace ServerlessRouter.Pipeline;

/// <summary>Where the vitals of every deployment are read; never waits.</summary>
public interface IDeploymentVitals
{
    DeploymentVitals Of(DeploymentModel deployment);

    /// <summary>Its breaker lets calls through, where nothing else is asked.</summary>
    bool IsCallable(DeploymentModel deployment) => Of(deployment).IsCallable;

    /// <summary>How fast it was over the last five minutes, call by call.</summary>
    DeploymentPercentiles PercentilesOf(DeploymentModel deployment);
}
