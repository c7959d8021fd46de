using ServerlessRouter.Configuration;
using ServerlessRouter.Errors;

namespace ServerlessRouter.Pipeline;

/// <summary>What a request demands of single deployments.</summary>
public interface IDeploymentFilter
{
    /// <summary>Whether this deployment of this model may be called.</summary>
    bool Allows(LanguageModel model, DeploymentModel deployment);

    /// <summary>Lower goes first; equal ones are left to balancing. Used for <c>provider.order</c> and <c>provider.sort</c>.</summary>
    int Rank(LanguageModel model, DeploymentModel deployment);
}

/// <summary>Reads what a request demands of single deployments before it is planned, for stages that call a model earlier.</summary>
public interface IDeploymentFilterSource
{
    /// <summary>What is wrong with the demands, or null and the filter; no filter when every deployment may be used.</summary>
    RouterError? Read(RequestContext context, out IDeploymentFilter? filter);
}
