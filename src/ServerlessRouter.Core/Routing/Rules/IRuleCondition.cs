using ServerlessRouter.Configuration;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Routing.Rules;

/// <summary>One kind of condition a rule may state in its <c>when</c>.</summary>
internal interface IRuleCondition
{
    /// <summary>One of <see cref="ConditionNames"/>.</summary>
    string Name { get; }

    /// <summary>Whether the request meets the condition as configured.</summary>
    bool Holds(ConditionModel condition, RequestContext context);
}
