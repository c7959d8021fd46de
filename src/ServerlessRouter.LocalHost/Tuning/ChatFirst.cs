using Microsoft.AspNetCore.Routing.Patterns;
using ServerlessRouter.Http;

namespace ServerlessRouter.LocalHost.Tuning;

/// <summary>
/// Tells a chat request, which nearly every request is, by its path alone. Routing passes on what has its endpoint already: it need not match it, nor even make its tables
/// until something else is asked for.
/// </summary>
internal static class ChatFirst
{
    /// <summary>Stands before routing.</summary>
    public static void UseChatFirst(this WebApplication app, RouterEndpoints endpoints)
    {
        var row = endpoints.All.First(static endpoint => endpoint.Name == RouterEndpoints.Chat);
        var path = "/" + row.Pattern;
        var chat = new RouteEndpointBuilder(row.Handler, RoutePatternFactory.Parse(row.Pattern), order: 0) { DisplayName = path, Metadata = { new HttpMethodMetadata(row.Methods) } }.Build();
        app.Use(next => context =>
        {
            if (context.Request.Path.Value == path && HttpMethods.IsPost(context.Request.Method))
                context.SetEndpoint(chat);
            return next(context);
        });
    }
}
