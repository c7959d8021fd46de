using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Routing;

/// <summary>Reads the demands that planning will read too, for calls that are made before there is a plan.</summary>
internal sealed class DeploymentFilterSource(IDeploymentVitals vitals) : IDeploymentFilterSource
{
    public RouterError? Read(RequestContext context, out IDeploymentFilter? filter)
    {
        var error = RequestPreferences.Read(context, vitals, out var wishes);
        filter = wishes.Filter;
        return error;
    }
}
