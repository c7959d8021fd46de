using System.Diagnostics;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging.Console;
using ServerlessRouter.Admission;
using ServerlessRouter.Audit;
using ServerlessRouter.Configuration;
using ServerlessRouter.Configuration.Loading;
using ServerlessRouter.Http;
using ServerlessRouter.Http.Admin;
using ServerlessRouter.Http.Hosting;
using ServerlessRouter.Http.Logins;
using ServerlessRouter.Jobs.Services;
using ServerlessRouter.LocalHost.Demo;
using ServerlessRouter.LocalHost.Jobs;
using ServerlessRouter.LocalHost.Logs;
using ServerlessRouter.LocalHost.Starting;
using ServerlessRouter.LocalHost.Telemetry;
using ServerlessRouter.LocalHost.Tls;
using ServerlessRouter.LocalHost.Tuning;
using ServerlessRouter.State;
using ServerlessRouter.State.Memory;
using ServerlessRouter.Telemetry;

namespace ServerlessRouter.LocalHost;

/// <summary>The router on one machine: Kestrel in front, configuration from a file that is followed while it runs, state in a folder where one is given.</summary>
public sealed class LocalRouter : IAsyncDisposable
{
    private readonly WebApplication _server;
    private readonly ITableStore? _store;
    private readonly RouterHost _host;
    private readonly RouterServices _services;
    private readonly MetricsPage? _metrics;

    private LocalRouter(WebApplication server, ITableStore? store, LocalRouterOptions options, bool isOnlyLocal)
    {
        (_server, _store) = (server, store);
        _services = server.Services.GetRequiredService<RouterServices>();
        _host = server.Services.GetRequiredService<RouterHost>();
        var endpoints = server.Services.GetRequiredService<RouterEndpoints>();
        if (server.Services.GetService<RequestScopes>() is { } scopes)
            server.Use(scopes.InvokeAsync);
        if (server.Services.GetService<AccessLog>() is { } access)
            server.Use(access.InvokeAsync);
        server.UseDoorsFirst(endpoints);
        server.UseRouting();
        server.MapServerlessRouter();
        if (options.Metrics != MetricsMode.Off)
            _metrics = MapMetrics(server, endpoints, options.Metrics, isOnlyLocal);
        server.MapFallback(endpoints.Unlisted.Pattern, endpoints.Unlisted.Handler);
    }

    /// <summary>Where it listens; the first of several addresses.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>What is allowed in the configuration it began with, and probably not meant.</summary>
    public IReadOnlyList<ConfigurationProblem> Warnings { get; private set; } = [];

    /// <summary>The configuration it runs on now.</summary>
    public RouterModel Model => _services.Models.Current;

    /// <summary>What the environment says, and what it was started with.</summary>
    internal IConfiguration Settings => _server.Configuration;

    private FollowedCertificate? Certificate { get; init; }

    private DemoRun? Demo { get; set; }

    /// <summary>Requests of the demonstration's day that has passed; null where there was none.</summary>
    public int? DemoRequests { get; private set; }

    /// <summary>Starts serving; throws <see cref="StartRefusedException"/> when the configuration, the certificate, the state folder or an address is not acceptable.</summary>
    public static async Task<LocalRouter> StartAsync(LocalRouterOptions options, CancellationToken cancellationToken = default)
    {
        string? openKey = null;
        if (options.IsDemo)
            options = DemoOptions.Of(options, out openKey);
        var addresses = ListenAddresses.Parse(options.Urls, options.Certificate is not null, options.UrlsSource);
        if (await new AdminGate(options.AdminKey, ConfigurationText.SecretResolvers).FindProblemAsync(cancellationToken) is { } keyless)
            throw new StartRefusedException($"--admin-key: {keyless}.");
        if (await options.Keys.FindProblemAsync(cancellationToken) is { } pepperless)
            throw new StartRefusedException($"--pepper: {pepperless}.");
        var loader = ConfigurationText.LoaderOf(options.ConfigurationPath, options.DataPath, ListenAddresses.AnonymousCallers(addresses), options.IsDemo ? [new DemoSecrets()] : null);
        var loaded = options.IsDemo ? await loader.LoadAsync(DemoConfiguration.Read(), cancellationToken)
            : options is { ConfigurationPath: null, Environment.Text: { } found } ? await loader.LoadAsync(found, cancellationToken)
            : await ConfigurationText.LoadAsync(options.ConfigurationPath, loader, cancellationToken);
        if (loaded.Model is not { } model)
            throw new StartRefusedException(ConfigurationText.Describe(options.ConfigurationPath, loaded));
        // Stored configurations can still come and bring keys, and keys can be issued; until then such a router serves no caller.
        if (!options.IsConfigurationStored && !options.MayIssueKeys)
            ListenAddresses.RefuseStrangers(addresses, model);

        if (options is { QueuePath: not null, DataPath: null })
            throw new StartRefusedException("--queue needs --data: a message that was taken would be lost with the process.");
        var certificate = options.Certificate is { } files ? await FollowedCertificate.LoadAsync(files, options.Time, cancellationToken) : null;
        ITableStore? store = null;
        var configuration = new RouterConfiguration(new RouterModelSource(model), loader, options.ConfigurationPath);
        var server = CreateServer(options, certificate, services => services.AddServerlessRouter(configuration, (provider, given) => given with
        {
            // Opened below, because it logs as the server does.
            Store = store,
            StoredConfigurations = options.IsConfigurationStored ? loader : null,
            Keys = options.Keys,
            Time = options.Time,
            Listener = provider.GetService<AccessLog>(),
            Credential = options.IsDemo ? new DemoCredential() : given.Credential,
            Faults = options.IsDemo ? new DemoFaults(options.Time.GetUtcNow(), given.Random).Find : null,
            Telemetry = TelemetryOf(provider.GetRequiredService<IConfiguration>()),
        }), openKey);
        store = await OpenStoreAsync(options, server, cancellationToken);
        var router = new LocalRouter(server, store, options, ListenAddresses.AreLoopback(addresses)) { Certificate = certificate };
        try
        {
            if (options.IsDemo)
                await router.BeginDemoAsync(options, loader, cancellationToken);
            await router.ListenAsync(addresses, options, cancellationToken);
            router.Warnings = loaded.Warnings;
            if (options.IsDemo)
                router.Demo = DemoRun.Start(router._services, router._services.Options.Random);
            return router;
        }
        catch (Exception fault) when (ListenFault.Describe(fault, addresses) is { } reason)
        {
            await router.DisposeAsync();
            throw new StartRefusedException(reason);
        }
        catch
        {
            await router.DisposeAsync();
            throw;
        }
    }

    /// <summary>Completes when the process is asked to stop.</summary>
    public Task WaitForShutdownAsync(CancellationToken cancellationToken) => _server.WaitForShutdownAsync(cancellationToken);

    /// <summary>Stops accepting, lets open requests end, gives up the requests of jobs for the next run, brings what is in memory to the store, and closes every upstream connection.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Certificate is not null)
            await Certificate.DisposeAsync();
        if (Demo is not null)
            await Demo.DisposeAsync();
        await _server.StopAsync();
        _metrics?.Dispose();
        await _host.DisposeAsync();
        if (_store is IAsyncDisposable store)
            await store.DisposeAsync();
        await _server.DisposeAsync();
    }

    private static WebApplication CreateServer(LocalRouterOptions options, FollowedCertificate? certificate, Action<IServiceCollection> addRouter, string? openKey)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(options.Settings);
        if (OtlpExport.IsOn(builder.Configuration))
            OtlpExport.Add(builder.Services);
        ConsoleFormatter formatter = options.LogFormat == LogFormat.Json ? new JsonConsoleFormatter(options.Time) : new PlainConsoleFormatter(options.Time);
        builder.Logging.AddConsole(console => console.FormatterName = formatter.Name);
        builder.Services.AddSingleton(formatter);
        // A console that is not read fills up; then lines are dropped and counted, no request waits for it.
        builder.Services.Configure<ConsoleLoggerOptions>(static console => console.QueueFullMode = ConsoleLoggerQueueFullMode.DropWrite);
        builder.Logging.SetMinimumLevel(options.LogLevel);
        // Where its log is on, it begins an activity for every request, also where nothing listens: the router passes the caller's trace on by itself.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        // Both tell of an address that cannot be listened on, with a stack trace; the router says it once, in a sentence.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        builder.Logging.AddFilter("Microsoft.AspNetCore.Server.Kestrel", level => level >= options.LogLevel && level != LogLevel.Critical);
        // Who edits the file of a running router waits for a word on whether it counts; that it was refused is told by default as well.
        if (options.LogLevel == LogLevel.Warning)
            builder.Logging.AddFilter(typeof(ConfigurationFile).FullName, LogLevel.Information);
        // Vendors fail there on purpose.
        if (options.IsDemo)
            builder.Logging.AddFilter("ServerlessRouter.Dispatch", level => level >= LogLevel.Error && level >= options.LogLevel);
        if (options is { LogFormat: LogFormat.Json, LogLevel: not LogLevel.None } or { LogFormat: LogFormat.Json, LogsAccess: true })
            builder.Services.AddSingleton<RequestScopes>();
        if (options.LogsAccess)
        {
            builder.Logging.AddFilter(typeof(AccessLog).FullName, LogLevel.Information);
            builder.Services.AddSingleton(provider => new AccessLog(options.Time, provider.GetRequiredService<ILogger<AccessLog>>()));
        }

        builder.Services.AddSingleton(provider => AdminServices.Of(new AdminGate(options.AdminKey, ConfigurationText.SecretResolvers), provider.GetRequiredService<RouterServices>()));
        builder.Services.AddSingleton(new LoginOptions { OpenKey = openKey, HasKnownKeys = options.IsDemo });
        addRouter(builder.Services);
        builder.Services.AddSingleton<ConnectionLimit>().AddSingleton<DiagnosticSource, MalformedRequests>();
        builder.WebHost.ConfigureKestrel(static kestrel =>
        {
            kestrel.AddServerHeader = false;
            ServerLimits.Set(kestrel.Limits);
            var connections = kestrel.ApplicationServices.GetRequiredService<ConnectionLimit>();
            kestrel.ConfigureEndpointDefaults(listen => listen.Use(connections.Around));
        });
        if (certificate is not null)
            UseTls(builder.WebHost, certificate);
        // A request goes on where its bytes were seen, and its answer is sent from where the upstream's was: no hand-over to another thread. Right because
        // nothing on the path of a chat blocks; handlers that read storage leave the thread first, and so does a chat with a long body.
        builder.WebHost.UseSockets(static sockets => sockets.UnsafePreferInlineScheduling = true);
        builder.Services.AddSingleton<IMemoryPoolFactory<byte>, BlockMemoryPoolFactory>();
        return builder.Build();
    }

    /// <summary>Nothing was ever exported under the former names here.</summary>
    private static TelemetryOptions TelemetryOf(IConfiguration settings) => TelemetryOptions.FromEnvironment(name => settings[name]) with { KeepsFormerNames = false };

    private static MetricsPage MapMetrics(WebApplication server, RouterEndpoints endpoints, MetricsMode mode, bool isOnlyLocal)
    {
        var page = new MetricsPage(server);
        if (mode == MetricsMode.On)
            page.Begin();
        var endpoint = endpoints.OwnPage(MetricsPage.Name, MetricsPage.Pattern, isForAdmin: !isOnlyLocal, page.AnswerAsync);
        server.MapMethods(endpoint.Pattern, endpoint.Methods, endpoint.Handler);
        return page;
    }

    private static void UseTls(ConfigureWebHostBuilder host, FollowedCertificate certificate) => host.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        kestrel.ConfigureHttpsDefaults(https =>
        {
            https.ServerCertificate = certificate.Current.TargetCertificate;
            https.OnAuthenticate = (_, tls) => tls.ServerCertificateContext = certificate.Current;
        }));

    private static async Task<ITableStore?> OpenStoreAsync(LocalRouterOptions options, WebApplication server, CancellationToken cancellationToken)
    {
        if (options.DataPath is not { } path)
            return options.IsDemo ? new MemoryTableStore(options.Time) : null;
        try
        {
            return await StateFolder.OpenAsync(path, options.Time, server.Services.GetRequiredService<ILoggerFactory>(), cancellationToken);
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>A folder that already has a configuration has had its day.</summary>
    private async Task BeginDemoAsync(LocalRouterOptions options, RouterConfigLoader loader, CancellationToken cancellationToken)
    {
        if (await _services.Configurations!.Store.FindActiveAsync(cancellationToken) is not null)
            return;
        var day = await loader.LoadAsync(DemoConfiguration.Read(), cancellationToken);
        DemoRequests = await DemoDay.PassAsync(_store!, day.Model!, options.Time.GetUtcNow(), cancellationToken);
        await _services.Configurations.ReplaceAsync(DemoConfiguration.Read(), null, cancellationToken, new AdminAct(AdminModel.Owner, "demo", "the demonstration's configuration"));
    }

    private async Task ListenAsync(IReadOnlyList<BindingAddress> addresses, LocalRouterOptions options, CancellationToken cancellationToken)
    {
        // In place of a configuration that is kept, the built-in models would answer callers, and end batches, with what they make up.
        if (!await _services.FollowConfigurationAsync(cancellationToken))
            throw new StartRefusedException($"The configuration that is kept in {options.DataPath} could not be read; the log says why.");
        if (_services.UnloadedConfiguration is { } unloaded)
            throw new StartRefusedException(ConfigurationText.Describe(options.DataPath!, unloaded));
        ListenAddresses.RefuseKnownKeys(addresses, Model);
        if (options.ConfigurationPath is { } path && _services.Keys is { } keys && await keys.FindConflictsAsync(Model, cancellationToken) is { IsEmpty: false } conflicts)
            throw new StartRefusedException(string.Join(Environment.NewLine, conflicts.Select(conflict => $"{path}: {conflict}.")));
        if (options.QueuePath is { } queuePath)
            _services.Work.Add(QueueFolder.Open(queuePath, _server.Services.GetRequiredService<JobServices>(), options.Time, _server.Services.GetRequiredService<ILogger<QueueFolder>>()).Step);
        Certificate?.Start(_server.Services.GetRequiredService<ILogger<FollowedCertificate>>());
        foreach (var address in addresses)
            _server.Urls.Add(address.ToString());
        await _server.StartAsync(cancellationToken);
        Address = new Uri(_server.Urls.First());
    }
}
