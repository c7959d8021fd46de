using ServerlessRouter.Configuration;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Routing.Objectives;

namespace ServerlessRouter.Routing;

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
