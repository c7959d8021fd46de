using System.Collections.Immutable;
using ServerlessRouter.Configuration;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Routing.Rules;

/// <summary>A rule whose conditions have been looked up, so that no name is during a request.</summary>
internal sealed class ResolvedRule(RuleModel rule)
{
    private readonly ImmutableArray<(IRuleCondition Policy, ConditionModel Arguments)> _conditions =
        [.. rule.Conditions.Select(static condition => (RuleConditions.Get(condition.Policy), condition))];

    public RuleModel Rule { get; } = rule;

    /// <summary>Whether every condition holds.</summary>
    public bool Matches(RequestContext context)
    {
        foreach (var (policy, arguments) in _conditions)
        {
            if (!policy.Holds(arguments, context))
                return false;
        }

        return true;
    }
}
