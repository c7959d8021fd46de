using ServerlessRouter.Configuration;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Routing.Rules;

/// <summary>The request is written in one of these languages.</summary>
internal sealed class LanguageCondition : IRuleCondition
{
    public string Name => ConditionNames.Language;

    public bool Holds(ConditionModel condition, RequestContext context) => condition.Lists(context.Profile.Language, StringComparison.OrdinalIgnoreCase);
}
