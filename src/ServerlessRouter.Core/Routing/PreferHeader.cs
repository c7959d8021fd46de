using ServerlessRouter.Configuration;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Routing.Objectives;

namespace ServerlessRouter.Routing;

/// <summary>The header with which a caller replaces the preference of the route's objective; its quality floor stays.</summary>
internal static class PreferHeader
{
    public const string Name = "x-router-prefer";

    private static readonly IObjective Cost = RoutingObjectives.Get(ObjectiveNames.Cost);
    private static readonly IObjective Latency = RoutingObjectives.Get(ObjectiveNames.Latency);
    private static readonly IObjective Quality = RoutingObjectives.Get(ObjectiveNames.Quality);

    /// <summary>What is wrong with the header, or null and the objective it asks for; none when it is not sent.</summary>
    public static RouterError? Read(IRequestHeaders headers, out IObjective? objective)
    {
        var value = headers.Get(Name);
        objective = value switch
        {
            ObjectiveNames.Cost => Cost,
            ObjectiveNames.Latency => Latency,
            ObjectiveNames.Quality => Quality,
            _ => null,
        };
        if (value is null || objective is not null)
            return null;
        return RouterError.InvalidRequest(
            $"The header '{Name}' must be one of: {ObjectiveNames.Cost}, {ObjectiveNames.Latency}, {ObjectiveNames.Quality}.", Name);
    }
}
