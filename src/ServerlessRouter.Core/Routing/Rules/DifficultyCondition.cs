using ServerlessRouter.Configuration;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Routing.Rules;

/// <summary>The difficulty lies in a range.</summary>
internal sealed class DifficultyCondition : IRuleCondition
{
    public string Name => ConditionNames.Difficulty;

    public bool Holds(ConditionModel condition, RequestContext context) => condition.Includes(context.Profile.Difficulty);
}
