using ServerlessRouter.Configuration;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Routing.Rules;

/// <summary>The caller is of one of these tiers.</summary>
internal sealed class TierCondition : IRuleCondition
{
    public string Name => ConditionNames.Tier;

    public bool Holds(ConditionModel condition, RequestContext context) => condition.Lists(context.Tier.Name);
}
