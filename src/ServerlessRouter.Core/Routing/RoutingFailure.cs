using System.Collections.Immutable;
using ServerlessRouter.Domain;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Routing.Preferences;

namespace ServerlessRouter.Routing;

/// <summary>Tells a caller why no model may answer, and which constraint removed what.</summary>
internal static class RoutingFailure
{
    private const int MaxRemedies = 3;

    public static RouterError Explain(RequestContext context, RoutePlan plan)
    {
        var code = Decide(plan.Exclusions);
        var impossible = code == RouterErrorCode.ConstraintFiltered ? ImpossibleParameter(context, plan.Exclusions) : null;
        if (impossible is not null)
            code = RouterErrorCode.UnsupportedParameter;
        var excludedBy = Summarise(plan.Exclusions);
        var removed = excludedBy.Count == 0 ? "" : $" Removed by {string.Join("; ", excludedBy)}.";
        return new RouterError(code, $"No model of '{context.Route.Name}' can answer this request.{removed} {Advise(code)}{Remedies(plan.Exclusions)}")
        {
            Param = code is RouterErrorCode.ContextLengthExceeded ? "messages" : impossible,
            ExcludedBy = excludedBy,
        };
    }

    /// <summary>A parameter that decides the answer's form and that no model of the route can carry: the request is at fault then, no wish of it. Null when that is not the reason.</summary>
    private static string? ImpossibleParameter(RequestContext context, ImmutableArray<Exclusion> exclusions) =>
        exclusions.All(static exclusion => exclusion.Reason == ExclusionReason.ServiceTier) ? "service_tier" :
        RequiredParameters.OfForm(context.Request) is { } form && exclusions.All(exclusion => exclusion.Reason == ExclusionReason.RequiredParameters && form.Names.Contains(exclusion.Detail))
            ? form.Names[0]
            : null;

    /// <summary>Blames a constraint by name only where it alone removed every model that could have been called at all.</summary>
    private static RouterErrorCode Decide(ImmutableArray<Exclusion> exclusions)
    {
        ExclusionReason? only = null;
        foreach (var exclusion in exclusions)
        {
            if (exclusion.Reason is ExclusionReason.NoDeployment or ExclusionReason.UnknownModel or ExclusionReason.Rule)
                continue;
            if (only is not null && only != exclusion.Reason)
                return RouterErrorCode.ConstraintFiltered;
            only = exclusion.Reason;
        }

        return only switch
        {
            null => RouterErrorCode.NoEndpoints,
            ExclusionReason.ContextWindow => RouterErrorCode.ContextLengthExceeded,
            ExclusionReason.Region => RouterErrorCode.RegionRestricted,
            ExclusionReason.Privacy => RouterErrorCode.PrivacyRestricted,
            _ => RouterErrorCode.ConstraintFiltered,
        };
    }

    /// <summary>One line for each constraint, for example <c>capability: vision (mini, large)</c>.</summary>
    private static List<string> Summarise(ImmutableArray<Exclusion> exclusions) =>
    [
        .. exclusions
            .GroupBy(static exclusion => (exclusion.Reason, exclusion.Detail))
            .Select(static group => (group.Key, Models: string.Join(", ", group.Select(static exclusion => exclusion.Model))))
            .Select(static constraint => $"{constraint.Key.Reason.ToWireName()}: {constraint.Key.Detail} ({constraint.Models})"),
    ];

    /// <summary>For the owner of the configuration: often a model can do what its entry does not mention.</summary>
    private static string Remedies(ImmutableArray<Exclusion> exclusions)
    {
        var remedies = exclusions.Select(static exclusion => exclusion.Remedy).OfType<string>().Take(MaxRemedies).ToList();
        return remedies.Count == 0 ? "" : $" If a model can do it, let the configuration say so: {string.Join("; ", remedies)}.";
    }

    private static string Advise(RouterErrorCode code) => code switch
    {
        RouterErrorCode.ContextLengthExceeded => "Shorten the messages, lower max_tokens, or ask for a model with a larger context window.",
        RouterErrorCode.PrivacyRestricted => "Ask for a model whose providers keep to this data policy, or relax data_collection and zdr.",
        RouterErrorCode.RegionRestricted => "Ask for a region that serves it, or for a model that has a deployment where this caller and route may go.",
        RouterErrorCode.UnsupportedParameter => "Leave it out, or ask for a model that takes it.",
        RouterErrorCode.NoEndpoints => "Ask for another model, or configure a deployment for it.",
        _ => "Drop the constraint, or ask for a model that meets it.",
    };
}
