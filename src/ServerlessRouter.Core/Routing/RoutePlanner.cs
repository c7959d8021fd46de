using System.Collections.Immutable;
using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Routing.Downgrades;
using ServerlessRouter.Routing.Objectives;
using ServerlessRouter.Routing.Rules;

namespace ServerlessRouter.Routing;

/// <summary>
/// Plans which models are tried for a request, in what order and why. 1 the route's rule or candidates, 2 the caller's own <c>models</c> in their order,
/// 3 the routes' fallbacks, 4 of all these those whose window may be too small; each filtered, and inside a route ordered by its objective or by what the request asks for.
/// </summary>
internal sealed class RoutePlanner(PlanningKnowledge knowledge)
{
    private readonly ConfigurationTable<RouteModel, ResolvedRoute> _resolved = new();

    /// <summary>Drops what was looked up for routes that this configuration does not have.</summary>
    public void Follow(RouterModel router) => _resolved.KeepOnly(router.Targets.Values);

    /// <summary>The error of a request that cannot be routed, or null. A plan without candidates comes with the error that tells why.</summary>
    public RouterError? Plan(RequestContext context, out RoutePlan? plan)
    {
        plan = null;
        if (RequestPreferences.Read(context, knowledge.Vitals, out var wishes) is { } error)
            return error;

        var filter = new CandidateFilter(context, wishes.Filter);
        var forecast = new CandidateForecast(context, wishes.Filter, knowledge, wishes.IsSticky ? knowledge.Sessions.Find(context) : null, wishes.Preferred?.Task);
        plan = IsFixed(context) ? PlanFixed(context, wishes, filter, forecast) : PlanChosen(context, wishes, new PlanDraft(context.Router, filter, forecast));
        return plan.Candidates.IsEmpty ? RoutingFailure.Explain(context, plan) : null;
    }

    /// <summary>One model, and nothing to choose.</summary>
    private static bool IsFixed(RequestContext context) =>
        context.Route is { Rules.IsEmpty: true, Candidates.Length: 1, Fallbacks.IsEmpty: true } && context.Request.Models.Count == 0;

    private static RoutePlan PlanFixed(RequestContext context, in RequestPreferences wishes, in CandidateFilter filter, in CandidateForecast forecast)
    {
        var model = context.Route.Candidates[0];
        if (filter.Exclude(model) is { } exclusion)
            return new RoutePlan { Candidates = [], Exclusions = [exclusion], Objective = ObjectiveNames.Order, DeploymentFilter = wishes.Filter };

        var figures = forecast.Of(model);
        var only = figures.Planned(new CandidateScore(0, "the only candidate"), CandidateStanding.Eligible, isFallback: false);
        return new RoutePlan { Candidates = [only], Exclusions = [], Objective = ObjectiveNames.Order, DeploymentFilter = wishes.Filter };
    }

    private RoutePlan PlanChosen(RequestContext context, in RequestPreferences wishes, in PlanDraft draft)
    {
        var resolved = Resolve(context.Route);
        var rule = resolved.Match(context);
        draft.Consider(rule?.Use ?? context.Route.Candidates, isFallback: false);
        var order = Order(context, wishes, draft, context.Route, context.Sort);
        var cascade = context.Route.Cascade is { } steps && rule is null && wishes is { Preferred: null, Sort: null } && context.Sort is null
            ? CascadeOrder.Apply(steps, context, draft.Candidates)
            : null;

        List<RouteModel>? targets = null;
        if (context.Request.Models.Count > 0)
            targets = AddCallersFallbacks(context, wishes, draft);
        if (wishes.SortsAcrossModels)
            Order(context, wishes with { SortsAcrossModels = false }, draft, context.Route, null);

        draft.AddFallbacks(context.Route.Fallbacks);
        foreach (var target in targets ?? [])
            draft.AddFallbacks(target.Fallbacks);
        draft.AddCramped();
        if (rule is not null)
            draft.AddRuledOut(context.Route, rule);
        draft.Pool.Return();

        return new RoutePlan
        {
            Candidates = draft.Candidates.DrainToImmutable(),
            Exclusions = draft.Exclusions.DrainToImmutable(),
            Rule = rule?.Path,
            Objective = order.Objective.Name,
            QualityFloor = order.Floor,
            Downgrade = FindLowBudget(context)?.WhenLow,
            Cascade = cascade,
            // A cascade's order is written, so no figure would change it.
            Counterfactuals = context.WantsExplanation && cascade is null ? new PlanCounterfactuals(order) : null,
            DeploymentFilter = wishes.Filter,
        };
    }

    private List<RouteModel> AddCallersFallbacks(RequestContext context, in RequestPreferences wishes, in PlanDraft draft)
    {
        var targets = new List<RouteModel>(context.Request.Models.Count);
        foreach (var name in context.Request.Models)
        {
            if (!RequestedTarget.TryFind(context.Router, name, out var target, out var sort))
            {
                draft.Exclusions.Add(new Exclusion(name, ExclusionReason.UnknownModel, "neither a route nor a model"));
                continue;
            }

            if (!context.Allows(target.Name))
            {
                draft.Exclusions.Add(new Exclusion(name, ExclusionReason.Tier, context.Tier.Allows(target.Name) ? "this key" : $"tier {context.Tier.Name}"));
                continue;
            }

            draft.Consider(Resolve(target).Match(context)?.Use ?? target.Candidates, isFallback: true);
            Order(context, wishes, draft, target, sort);
            targets.Add(target);
        }

        return targets;
    }

    /// <summary>Orders what is in the pool and appends it, unless the request sorts over everything it asks for.</summary>
    private PoolOrder Order(RequestContext context, in RequestPreferences wishes, in PlanDraft draft, RouteModel route, CandidateSort? suffix)
    {
        var sort = wishes.Sort ?? suffix;
        var objective = sort is { } asked ? RoutingObjectives.Get(asked) : wishes.Preferred ?? Resolve(route).Objective;
        // An order the request asks for is exact: only the floor of the caller's tier still stands above it.
        var floor = sort is null ? Math.Max(route.Objective.MinimumQuality, context.Tier.MinimumQuality) : context.Tier.MinimumQuality;
        var order = new PoolOrder(objective, route.Objective, floor);
        if (sort is null && FindLowBudget(context) is { } budget)
            order = DowngradePolicyTable.Get(budget.WhenLow).Downgrade(order, context.Tier);
        if (!wishes.SortsAcrossModels)
            draft.Pool.MoveTo(draft.Candidates, order);
        return order;
    }

    private BudgetModel? FindLowBudget(RequestContext context) =>
        context.Tier.Sparing.IsEmpty && context.Caller is null or { Sparing.IsEmpty: true } ? null : knowledge.Budgets.FindLow(context);

    private ResolvedRoute Resolve(RouteModel route) => _resolved.Of(route, static route => new ResolvedRoute(route));
}

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
