using Microsoft.Extensions.DependencyInjection;
using ServerlessRouter.Configuration;
using ServerlessRouter.Configuration.Loading;
using ServerlessRouter.Jobs.Services;

namespace ServerlessRouter.Functions.Hosting;

/// <summary>Brings the router up before the app takes its first request.</summary>
internal static class RouterStart
{
    /// <exception cref="InvalidOperationException">The packaged configuration has errors; all of them are in the message.</exception>
    public static async Task RunAsync(IServiceProvider services, CancellationToken cancellationToken = default)
    {
        // Their work beside requests starts with the router.
        services.GetRequiredService<JobServices>();
        await services.GetRequiredService<RouterServices>().StartAsync(cancellationToken);
        var models = services.GetRequiredService<RouterModelSource>();
        // What is active in the store counts; the packaged configuration is for an app that has none there yet, or cannot read it.
        if (!models.Current.ServesNoCaller || await PackagedConfiguration.ReadAsync(cancellationToken) is not { } text)
            return;
        var result = await services.GetRequiredService<RouterConfigLoader>().LoadAsync(text, cancellationToken);
        models.Publish(result.Model ?? throw new InvalidOperationException(PackagedConfiguration.Describe(result)));
    }
}
