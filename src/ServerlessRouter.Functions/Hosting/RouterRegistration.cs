using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ServerlessRouter.Configuration;
using ServerlessRouter.Configuration.Secrets;
using ServerlessRouter.Functions.State;
using ServerlessRouter.Http;
using ServerlessRouter.State;

namespace ServerlessRouter.Functions.Hosting;

/// <summary>Wires the router for the function app.</summary>
internal static class RouterRegistration
{
    /// <summary>The configuration packaged with the app; without it the app runs on the built-in one.</summary>
    public const string ConfigurationFileName = "router.json";

    /// <summary>Where the app runs; deployments of the same region go first.</summary>
    public const string RegionSetting = "ROUTER_REGION";

    /// <exception cref="InvalidOperationException">The packaged configuration has errors; all of them are in the message.</exception>
    public static async Task AddAsync(IServiceCollection services, IConfiguration settings)
    {
        var loader = new RouterConfigLoader([new EnvironmentSecretResolver()]);
        var result = await loader.LoadAsync(await ReadAsync());
        var models = new RouterModelSource(result.Model ?? throw new InvalidOperationException(Describe(result)));

        services.AddSingleton<ITableStore>(_ => new TableServiceStore(TableServiceConnection.Open(settings)));
        services.AddSingleton(provider => new RouterServicesOptions
        {
            Models = models,
            Loggers = provider.GetRequiredService<ILoggerFactory>(),
            Credential = settings["AZURE_CLIENT_ID"] is { Length: > 0 } clientId ? TableServiceConnection.Identity(clientId) : null,
            Region = settings[RegionSetting] is { Length: > 0 } region ? region : null,
        });
        services.AddSingleton(static provider => RouterServices.Create(provider.GetRequiredService<RouterServicesOptions>()));
        services.AddSingleton(static provider =>
        {
            var (router, given) = (provider.GetRequiredService<RouterServices>(), provider.GetRequiredService<RouterServicesOptions>());
            return new RouterEndpoints(router.Pipeline, router.Models, router.Vitals, given.Time, given.Random, given.Loggers.CreateLogger<RouterEndpoints>());
        });
    }

    private static async Task<ReadOnlyMemory<byte>> ReadAsync()
    {
        var path = Path.Combine(AppContext.BaseDirectory, ConfigurationFileName);
        return File.Exists(path) ? await File.ReadAllBytesAsync(path) : BuiltInConfiguration.Read();
    }

    private static string Describe(ConfigurationResult result) =>
        string.Join(Environment.NewLine, result.Errors.Select(static error => $"{ConfigurationFileName}: {error}").Prepend($"The configuration has {result.Errors.Length} error(s):"));
}
