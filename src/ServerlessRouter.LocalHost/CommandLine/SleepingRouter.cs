using System.Net.Http.Headers;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging.Abstractions;
using ServerlessRouter.Admission;
using ServerlessRouter.Configuration;
using ServerlessRouter.Configuration.Secrets;
using ServerlessRouter.Http;
using ServerlessRouter.Http.Admin;
using ServerlessRouter.Jobs.Services;
using ServerlessRouter.Keys;
using ServerlessRouter.LocalHost.Starting;
using ServerlessRouter.State;

namespace ServerlessRouter.LocalHost.CommandLine;

/// <summary>The admin API over the folder of a router that does not run: on a port of this machine that only this process has the key of, and without the work that goes on beside requests.</summary>
internal sealed class SleepingRouter : IAsyncDisposable
{
    private const int KeyBytes = 32;

    private readonly WebApplication _server;
    private readonly RouterServices _router;
    private readonly JobServices _jobs;
    private readonly ITableStore _store;

    private SleepingRouter(WebApplication server, RouterServices router, JobServices jobs, ITableStore store, string key)
    {
        (_server, _router, _jobs, _store) = (server, router, jobs, store);
        Client = new HttpClient { BaseAddress = new Uri(server.Urls.First()) };
        Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    public HttpClient Client { get; }

    public static async Task<SleepingRouter> OpenAsync(string folder, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(folder))
            throw new StartRefusedException($"There is no folder '{folder}'. Give --data the one that the router was started with.");
        var loader = ConfigurationText.LoaderOf(null, folder, AnonymousCallers.Refused);
        var builtIn = await ConfigurationText.LoadAsync(null, loader, cancellationToken);
        var store = await StateFolder.OpenAsync(folder, TimeProvider.System, NullLoggerFactory.Instance, cancellationToken);
        var router = RouterServices.Create(new RouterServicesOptions
        {
            Models = new RouterModelSource(builtIn.Model!), Store = store, StoredConfigurations = loader, Keys = new IssuedKeyOptions { Secrets = ConfigurationText.SecretResolvers },
        });
        await router.FollowConfigurationAsync(cancellationToken);
        await router.Work.RunAsync(IssuedKeys.StepName, cancellationToken);
        var jobs = JobServices.Over(router);
        var key = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(KeyBytes));
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var server = builder.Build();
        server.Urls.Add("http://127.0.0.1:0");
        new RouterEndpoints(EndpointServices.Of(router, jobs, AdminServices.Of(new AdminGate($"sha256:{KeyHash.Of(key)}", []), router))).Map(server);
        await server.StartAsync(cancellationToken);
        return new SleepingRouter(server, router, jobs, store, key);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _server.StopAsync();
        await _router.DisposeAsync();
        _jobs.Dispose();
        if (_store is IAsyncDisposable store)
            await store.DisposeAsync();
        await _server.DisposeAsync();
    }
}
