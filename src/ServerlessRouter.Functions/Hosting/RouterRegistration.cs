using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ServerlessRouter.Admission;
using ServerlessRouter.Configuration;
using ServerlessRouter.Configuration.Files;
using ServerlessRouter.Configuration.Loading;
using ServerlessRouter.Configuration.Secrets;
using ServerlessRouter.Functions.Identity;
using ServerlessRouter.Functions.Jobs;
using ServerlessRouter.Functions.Secrets;
using ServerlessRouter.Functions.State;
using ServerlessRouter.Http;
using ServerlessRouter.Http.Admin;
using ServerlessRouter.Http.Logins;
using ServerlessRouter.Jobs.Services;
using ServerlessRouter.Keys;
using ServerlessRouter.Providers;
using ServerlessRouter.State;

namespace ServerlessRouter.Functions.Hosting;

/// <summary>Wires the router for the function app, which everyone on the internet may reach: without keys it serves no caller.</summary>
internal static class RouterRegistration
{
    /// <summary>Where the app runs; deployments of the same region go first.</summary>
    public const string RegionSetting = "ROUTER_REGION";

    /// <summary>Where the admin's key is: a reference, never the key.</summary>
    public const string AdminKeySetting = "ROUTER_ADMIN_KEY";

    /// <summary>Where the pepper of issued keys is; without it one is drawn and kept with them.</summary>
    public const string PepperSetting = "ROUTER_KEY_PEPPER";

    /// <summary>Where the pepper before it is.</summary>
    public const string PreviousPepperSetting = "ROUTER_KEY_PEPPER_PREVIOUS";

    /// <summary>Everything that <see cref="RouterStart"/> starts.</summary>
    public static async Task AddAsync(IServiceCollection services, IConfiguration settings)
    {
        // The built-in configuration has no keys: it stands here until there is another, and serves no caller.
        var builtIn = await new RouterConfigLoader(ProviderKinds.All, [], anonymousCallers: AnonymousCallers.Refused).LoadAsync(BuiltInConfiguration.Read());
        services.AddSingleton(new RouterModelSource(builtIn.Model!));
        services.AddSingleton<ISecretResolver>(new EnvironmentSecretResolver());
        services.AddSingleton<ISecretResolver>(provider => new KeyVaultSecretResolver(
            () => KeyVaultConnection.Open(settings), TimeProvider.System, provider.GetRequiredService<ILogger<KeyVaultSecretResolver>>()));
        services.AddSingleton(static provider => new RouterConfigLoader(
            ProviderKinds.All, provider.GetServices<ISecretResolver>(), new WeightsFolderFiles(AppContext.BaseDirectory), AnonymousCallers.Refused));

        services.AddSingleton<ITableStore>(_ => new TableServiceStore(TableServiceConnection.Open(settings)));
        services.AddSingleton(provider => new RouterServicesOptions
        {
            Models = provider.GetRequiredService<RouterModelSource>(),
            Store = provider.GetRequiredService<ITableStore>(),
            StoredConfigurations = provider.GetRequiredService<RouterConfigLoader>(),
            Keys = new IssuedKeyOptions { Pepper = Reference(settings, PepperSetting), PreviousPepper = Reference(settings, PreviousPepperSetting), Secrets = [.. provider.GetServices<ISecretResolver>()] },
            Loggers = provider.GetRequiredService<ILoggerFactory>(),
            Credential = settings[AppIdentity.ClientIdSetting] is { Length: > 0 } clientId ? AppIdentity.Of(clientId) : null,
            Telemetry = TelemetryRegistration.NamesOf(settings),
            Region = settings[RegionSetting] is { Length: > 0 } region ? region : null,
        });
        services.AddSingleton<DurableLauncher>();
        services.AddSingleton(static provider => RouterServices.Create(provider.GetRequiredService<RouterServicesOptions>()));
        services.AddSingleton(provider =>
        {
            var jobs = JobServices.Over(provider.GetRequiredService<RouterServices>());
            jobs.Launcher = provider.GetRequiredService<DurableLauncher>();
            jobs.Blobs = new StorageBlobs(BlobServiceConnection.Open(settings));
            return jobs;
        });
        services.AddSingleton(static provider => provider.GetRequiredService<JobServices>().Steps);
        services.AddSingleton(static provider => provider.GetRequiredService<JobServices>().Queue);
        services.AddSingleton(static provider => provider.GetRequiredService<RouterServices>().Books);
        services.AddSingleton(provider => AdminServices.Of(
            new AdminGate(Reference(settings, AdminKeySetting), provider.GetServices<ISecretResolver>()), provider.GetRequiredService<RouterServices>()));
        services.AddSingleton(static provider => new RouterEndpoints(
            EndpointServices.Of(provider.GetRequiredService<RouterServices>(), provider.GetRequiredService<JobServices>(), provider.GetRequiredService<AdminServices>()) with
            {
                LoginOptions = new LoginOptions { IsAlwaysSecure = true },
            }));
    }

    private static string? Reference(IConfiguration settings, string name) => settings[name] is { Length: > 0 } reference ? reference : null;
}
