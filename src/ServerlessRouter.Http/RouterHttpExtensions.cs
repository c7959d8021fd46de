using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace ServerlessRouter.Http;

/// <summary>Puts the router's endpoints into a host.</summary>
public static class RouterHttpExtensions
{
    /// <summary>Registers <see cref="RouterEndpoints"/>; the pipeline, the configuration's source, vitals, time and chance are the host's to register.</summary>
    public static IServiceCollection AddRouterHttp(this IServiceCollection services)
    {
        services.TryAddSingleton<RouterEndpoints>();
        return services;
    }

    /// <summary>Maps every endpoint of the router, and a helpful error for every other URL.</summary>
    public static void MapRouter(this IEndpointRouteBuilder builder) => builder.ServiceProvider.GetRequiredService<RouterEndpoints>().Map(builder);
}
