using ServerlessRouter.Configuration;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Routing.Rules;

/// <summary>The number of user messages lies in a range.</summary>
internal sealed class TurnsCondition : IRuleCondition
{
    public string Name => ConditionNames.Turns;

    public bool Holds(ConditionModel condition, RequestContext context) => condition.Includes((double)context.Profile.Turns);
}
