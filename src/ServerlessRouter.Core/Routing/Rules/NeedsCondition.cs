using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Routing.Rules;

/// <summary>The request needs one of these capabilities.</summary>
internal sealed class NeedsCondition : IRuleCondition
{
    public string Name => ConditionNames.Needs;

    public bool Holds(ConditionModel condition, RequestContext context)
    {
        var needs = context.Request.Needs | context.Profile.Needs;
        foreach (var value in condition.Values)
        {
            if (CapabilityNames.TryParse(value, out var capability) && (needs & capability) != 0)
                return true;
        }

        return false;
    }
}
