using ServerlessRouter.Configuration;
using ServerlessRouter.Http;

namespace ServerlessRouter.LocalHost;

/// <summary>The router on one machine: Kestrel in front, configuration from a file that is followed while it runs.</summary>
public sealed class LocalRouter : IAsyncDisposable
{
    private readonly WebApplication _server;
    private readonly RouterServices _services;
    private readonly RouterModelSource _models;
    private readonly ConfigurationFile? _file;

    private LocalRouter(WebApplication server, RouterServices services, RouterModelSource models, ConfigurationFile? file) =>
        (_server, _services, _models, _file) = (server, services, models, file);

    /// <summary>Where it listens; the first of several addresses.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>The configuration it runs on now.</summary>
    public RouterModel Model => _models.Current;

    /// <summary>Starts serving; throws <see cref="StartRefusedException"/> when the configuration or an address is not acceptable.</summary>
    public static async Task<LocalRouter> StartAsync(LocalRouterOptions options, CancellationToken cancellationToken = default)
    {
        var loaded = await ConfigurationText.LoadAsync(options.ConfigurationPath, cancellationToken);
        if (loaded.Model is not { } model)
            throw new StartRefusedException(ConfigurationText.Describe(options.ConfigurationPath, loaded));

        var addresses = ListenAddresses.Parse(options.Urls, model);
        var models = new RouterModelSource(model);
        var (server, services) = Build(options, models);
        var router = new LocalRouter(server, services, models, Follow(options, models, server));
        try
        {
            foreach (var address in addresses)
                server.Urls.Add(address.ToString());
            await server.StartAsync(cancellationToken);
        }
        catch (IOException problem)
        {
            await router.DisposeAsync();
            throw new StartRefusedException($"The router cannot listen on {options.Urls}: {problem.Message}");
        }

        router.Address = new Uri(server.Urls.First());
        return router;
    }

    /// <summary>Completes when the process is asked to stop.</summary>
    public Task WaitForShutdownAsync(CancellationToken cancellationToken) => _server.WaitForShutdownAsync(cancellationToken);

    /// <summary>Stops accepting, lets open requests end, and closes every upstream connection.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_file is not null)
            await _file.DisposeAsync();
        await _server.StopAsync();
        await _server.DisposeAsync();
        await _services.DisposeAsync();
    }

    private static (WebApplication Server, RouterServices Services) Build(LocalRouterOptions options, RouterModelSource models)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Logging.AddSimpleConsole(static console => console.SingleLine = true);
        builder.Logging.SetMinimumLevel(options.LogLevel);
        builder.WebHost.ConfigureKestrel(static kestrel =>
        {
            kestrel.AddServerHeader = false;
            // The router reads bodies itself, up to the configured size, and answers a larger one with its own error.
            kestrel.Limits.MaxRequestBodySize = null;
        });
        var server = builder.Build();
        var given = new RouterServicesOptions { Models = models, Time = options.Time, Loggers = server.Services.GetRequiredService<ILoggerFactory>() };
        var services = RouterServices.Create(given);
        new RouterEndpoints(services.Pipeline, models, services.Vitals, given.Time, given.Random, given.Loggers.CreateLogger<RouterEndpoints>()).Map(server);
        return (server, services);
    }

    private static ConfigurationFile? Follow(LocalRouterOptions options, RouterModelSource models, WebApplication server)
    {
        if (options.ConfigurationPath is not { } path)
            return null;
        var file = new ConfigurationFile(path, ConfigurationText.Loader, models, options.Time, server.Services.GetRequiredService<ILogger<ConfigurationFile>>());
        file.Start();
        return file;
    }
}
