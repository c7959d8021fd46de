using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ServerlessRouter.Http.Admin;
using ServerlessRouter.Http.Logins;
using ServerlessRouter.Jobs;
using ServerlessRouter.Jobs.Local;
using ServerlessRouter.Jobs.Services;

namespace ServerlessRouter.Http.Hosting;

/// <summary>Lets an ASP.NET application serve the router beside its own endpoints.</summary>
public static class ServerlessRouterExtensions
{
    /// <summary>Adds the router. It starts and ends with the application. Jobs run in the process, unless an <see cref="IJobLauncher"/> was added before; it may be disposed of more than once.</summary>
    /// <param name="services">The application's.</param>
    /// <param name="configuration">What the router runs on.</param>
    /// <param name="adjust">Changes what the router works with: stages of the application's own, a store, a listener.</param>
    public static IServiceCollection AddServerlessRouter(
        this IServiceCollection services, RouterConfiguration configuration, Func<IServiceProvider, RouterServicesOptions, RouterServicesOptions>? adjust = null)
    {
        services.AddSingleton(configuration);
        services.AddSingleton(configuration.Models);
        services.AddSingleton(provider =>
        {
            var given = new RouterServicesOptions { Models = configuration.Models, Loggers = provider.GetRequiredService<ILoggerFactory>() };
            return adjust is null ? given : adjust(provider, given);
        });
        services.AddSingleton(static provider => RouterServices.Create(provider.GetRequiredService<RouterServicesOptions>()));
        services.AddSingleton(static provider => JobServices.Over(provider.GetRequiredService<RouterServices>()));
        services.TryAddSingleton(AdminServices.Closed);
        services.TryAddSingleton(new LoginOptions());
        services.TryAddSingleton<IJobLauncher>(static provider => LocalEngine(provider.GetRequiredService<RouterServicesOptions>(), provider.GetRequiredService<JobServices>()));
        services.AddSingleton(static provider => new RouterEndpoints(
            EndpointServices.Of(provider.GetRequiredService<RouterServices>(), provider.GetRequiredService<JobServices>(), provider.GetRequiredService<AdminServices>()) with
            {
                LoginOptions = provider.GetRequiredService<LoginOptions>(),
            }));
        services.AddSingleton(static provider => new RouterHost(
            provider.GetRequiredService<RouterServices>(), provider.GetRequiredService<JobServices>(), provider.GetRequiredService<IJobLauncher>(), provider.GetRequiredService<RouterConfiguration>()));
        services.AddSingleton<IHostedService>(static provider => provider.GetRequiredService<RouterHost>());
        return services;
    }

    /// <summary>Maps the router's endpoints, and for what else is asked for below <c>/v1</c> and <c>/openai</c> an error that helps.</summary>
    public static IEndpointRouteBuilder MapServerlessRouter(this IEndpointRouteBuilder endpoints)
    {
        endpoints.ServiceProvider.GetRequiredService<RouterEndpoints>().Map(endpoints);
        return endpoints;
    }

    private static LocalJobRunner LocalEngine(RouterServicesOptions router, JobServices jobs) =>
        new(jobs, new LocalJobRunnerOptions(), router.Time, router.Loggers.CreateLogger<LocalJobRunner>());
}
