using System.Collections.Immutable;
using ServerlessRouter.Configuration;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Routing.Objectives;
using ServerlessRouter.Routing.Preferences;

namespace ServerlessRouter.Routing;

/// <summary>What the request itself says about how it is routed; empty for most.</summary>
internal readonly record struct RequestPreferences
{
    /// <summary><c>x-router-prefer</c>, else what the tier prefers.</summary>
    public IObjective? Preferred { get; private init; }

    /// <summary><c>provider.sort</c>; before the suffix of a name and the header.</summary>
    public CandidateSort? Sort { get; private init; }

    /// <summary><c>provider.sort.partition: none</c>.</summary>
    public bool SortsAcrossModels { get; init; }

    /// <summary>The model that answered a conversation last is kept while that is cheaper; <c>provider.order</c> switches it off.</summary>
    public bool IsSticky { get; private init; }

    /// <summary>Constraints on deployments; null when there are none.</summary>
    public ProviderFilter? Filter { get; private init; }

    /// <summary>What is wrong with them, or null and the wishes.</summary>
    public static RouterError? Read(RequestContext context, IDeploymentVitals vitals, out RequestPreferences wishes)
    {
        wishes = default;
        if (PreferHeader.Read(context, out var preferred) is { } badHeader)
            return badHeader;
        if (ProviderPreferencesReader.Read(context.Request, out var preferences) is { } badObject)
            return badObject;

        var sort = preferences.Sort ?? context.Sort;
        var constraints = RequestConstraints.Of(context);
        var required = preferences.RequiresParameters ? RequiredParameters.SentBy(context.Request) : RequiredParameters.OfForm(context.Request);
        wishes = new RequestPreferences
        {
            Preferred = preferred,
            Sort = preferences.Sort,
            IsSticky = preferences.Order.IsEmpty,
            SortsAcrossModels = preferences.SortsAcrossModels && preferences.Sort is not null,
            Filter = ReferenceEquals(preferences, ProviderPreferences.None) && sort is null && constraints.IsEmpty && required is null
                ? null
                : new ProviderFilter(preferences, sort, required, constraints, vitals),
        };
        return null;
    }
}

/// <summary>What tier and routes demand of providers for one request. Demands of every route a request names hold for all of it: the strictest is the safe reading.</summary>
internal static class RequestConstraints
{
    public static ImmutableArray<ConstraintsModel> Of(RequestContext context)
    {
        if (context.Tier.Constraints is null && !context.Router.HasRouteConstraints)
            return [];
        var all = ImmutableArray.CreateBuilder<ConstraintsModel>(2);
        Add(all, context.Tier.Constraints);
        Add(all, context.Route.Constraints);
        foreach (var name in context.Request.Models)
        {
            if (RequestedTarget.TryFind(context.Router, name, out var target, out _) && context.Allows(target.Name))
                Add(all, target.Constraints);
        }

        return all.DrainToImmutable();
    }

    private static void Add(ImmutableArray<ConstraintsModel>.Builder all, ConstraintsModel? constraints)
    {
        if (constraints is not null && !all.Contains(constraints))
            all.Add(constraints);
    }
}

/// <summary>The header with which a caller replaces the preference of its tier and of the route's objective; quality floors stay.</summary>
internal static class PreferHeader
{
    public const string Name = "x-router-prefer";

    /// <summary>What is wrong with the header, or null and the objective that it, else the tier, asks for; none when neither does.</summary>
    public static RouterError? Read(RequestContext context, out IObjective? objective)
    {
        var value = context.Headers.Get(Name);
        var preference = value is null ? context.Tier.Preference : CallerPreferences.Parse(value);
        objective = preference is { } known ? RoutingObjectives.Get(known) : null;
        return value is null || preference is not null
            ? null
            : RouterError.InvalidRequest($"The header '{Name}' must be one of: {string.Join(", ", CallerPreferences.All)}.", Name);
    }
}
