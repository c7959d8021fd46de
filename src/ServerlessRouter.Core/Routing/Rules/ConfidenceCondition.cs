using ServerlessRouter.Configuration;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Routing.Rules;

/// <summary>The classifier's confidence lies in a range.</summary>
internal sealed class ConfidenceCondition : IRuleCondition
{
    public string Name => ConditionNames.Confidence;

    public bool Holds(ConditionModel condition, RequestContext context) => condition.Includes(context.Profile.Confidence);
}
