using ServerlessRouter.Configuration;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Routing.Rules;

/// <summary>The estimated prompt tokens lie in a range.</summary>
internal sealed class PromptTokensCondition : IRuleCondition
{
    public string Name => ConditionNames.PromptTokens;

    public bool Holds(ConditionModel condition, RequestContext context) => condition.Includes((double)context.Profile.PromptTokens);
}
