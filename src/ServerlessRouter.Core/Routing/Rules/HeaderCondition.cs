using ServerlessRouter.Configuration;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Routing.Rules;

/// <summary>A header has one of these values, case ignored; without values, it is sent at all.</summary>
internal sealed class HeaderCondition : IRuleCondition
{
    public string Name => ConditionNames.Headers;

    public bool Holds(ConditionModel condition, RequestContext context) =>
        context.Headers.Get(condition.Key!) is { } value
        && (condition.Values.IsEmpty || condition.Lists(value.AsSpan().Trim(), StringComparison.OrdinalIgnoreCase));
}
