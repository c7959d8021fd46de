using Microsoft.Extensions.DependencyInjection;
using ServerlessRouter.Configuration;

namespace ServerlessRouter.Functions.Hosting;

/// <summary>Brings the router up before the app takes its first request.</summary>
internal static class RouterStart
{
    /// <exception cref="InvalidOperationException">The packaged configuration has errors; all of them are in the message.</exception>
    public static async Task RunAsync(IServiceProvider services, CancellationToken cancellationToken = default)
    {
        if (await PackagedConfiguration.ReadAsync(cancellationToken) is { } text)
        {
            var result = await services.GetRequiredService<RouterConfigLoader>().LoadAsync(text, cancellationToken);
            services.GetRequiredService<RouterModelSource>().Publish(result.Model ?? throw new InvalidOperationException(PackagedConfiguration.Describe(result)));
        }

        await services.GetRequiredService<RouterServices>().StartAsync(cancellationToken);
    }
}
