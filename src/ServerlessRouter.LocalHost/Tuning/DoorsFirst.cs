using Microsoft.AspNetCore.Routing.Patterns;
using ServerlessRouter.Http;

namespace ServerlessRouter.LocalHost.Tuning;

/// <summary>
/// Tells a request for an answer of a model, which nearly every request is, by its path alone. Routing passes on what has its endpoint already: it need not match it, nor even make its tables
/// until something else is asked for.
/// </summary>
internal static class DoorsFirst
{
    /// <summary>Stands before routing.</summary>
    public static void UseDoorsFirst(this WebApplication app, RouterEndpoints endpoints)
    {
        var doors = Array.ConvertAll([RouterEndpoints.Chat, RouterEndpoints.Messages, RouterEndpoints.Responses], name => EndpointOf(endpoints.All.First(row => row.Name == name)));
        app.Use(next => context =>
        {
            if (HttpMethods.IsPost(context.Request.Method) && Find(doors, context.Request.Path.Value) is { } door)
                context.SetEndpoint(door);
            return next(context);
        });
    }

    /// <summary>A handful of paths of different lengths, so that comparing is cheaper than hashing.</summary>
    private static Endpoint? Find(Endpoint[] doors, string? path)
    {
        foreach (var door in doors)
        {
            if (door.DisplayName == path)
                return door;
        }

        return null;
    }

    private static Endpoint EndpointOf(RouterEndpoint row) =>
        new RouteEndpointBuilder(row.Handler, RoutePatternFactory.Parse(row.Pattern), order: 0) { DisplayName = "/" + row.Pattern, Metadata = { new HttpMethodMetadata(row.Methods) } }.Build();
}
