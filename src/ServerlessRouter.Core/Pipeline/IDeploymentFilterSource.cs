using ServerlessRouter.Errors;

namespace ServerlessRouter.Pipeline;

/// <summary>Reads what a request demands of single deployments before it is planned, for stages that call a model earlier.</summary>
public interface IDeploymentFilterSource
{
    /// <summary>What is wrong with the demands, or null and the filter; no filter when every deployment may be used.</summary>
    RouterError? Read(RequestContext context, out IDeploymentFilter? filter);
}
