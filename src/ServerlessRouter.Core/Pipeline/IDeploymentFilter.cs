using ServerlessRouter.Configuration;

namespace ServerlessRouter.Pipeline;

/// <summary>What a request demands of single deployments.</summary>
public interface IDeploymentFilter
{
    /// <summary>Whether this deployment of this model may be called.</summary>
    bool Allows(LanguageModel model, DeploymentModel deployment);

    /// <summary>Lower goes first; equal ones are left to balancing. Used for <c>provider.order</c> and <c>provider.sort</c>.</summary>
    int Rank(LanguageModel model, DeploymentModel deployment);
}
