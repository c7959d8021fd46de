using System.Collections.Immutable;
using ServerlessRouter.Configuration;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Routing.Objectives;
using ServerlessRouter.Routing.Rules;

namespace ServerlessRouter.Routing;

/// <summary>A route whose rules and objective have been looked up, once for each configuration.</summary>
internal sealed class ResolvedRoute(RouteModel route)
{
    private readonly ImmutableArray<ResolvedRule> _rules = [.. route.Rules.Select(static rule => new ResolvedRule(rule))];

    public IObjective Objective { get; } = RoutingObjectives.Get(route.Objective.Policy);

    /// <summary>The first rule that holds for the request, if one does.</summary>
    public RuleModel? Match(RequestContext context)
    {
        foreach (var rule in _rules)
        {
            if (rule.Matches(context))
                return rule.Rule;
        }

        return null;
    }
}
