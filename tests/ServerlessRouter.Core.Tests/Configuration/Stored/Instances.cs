using ServerlessRouter.Configuration;
using ServerlessRouter.Configuration.Loading;
using ServerlessRouter.Configuration.Secrets;
using ServerlessRouter.Configuration.Stored;
using ServerlessRouter.Core.Tests.State;
using ServerlessRouter.Providers;
using ServerlessRouter.State.Memory;
using ServerlessRouter.Testing;
using ServerlessRouter.Testing.Diagnostics;
using ServerlessRouter.Testing.Time;
using Xunit;

namespace ServerlessRouter.Core.Tests.Configuration.Stored;

/// <summary>Several routers over one store, each with secrets of its own, on a clock that a test moves.</summary>
internal sealed class Instances : IAsyncDisposable
{
    private static readonly ConfigurationFollowerOptions Pace = new();

    private readonly MemoryTableStore _tables;
    private readonly List<RouterServices> _running = [];

    private Instances()
    {
        _tables = new MemoryTableStore(Time);
        Store = new ScriptedStore(_tables);
    }

    public ManualTimeProvider Time { get; } = new();

    public LogCollector Log { get; } = new();

    public ScriptedStore Store { get; }

    /// <summary>A store that no instance uses yet.</summary>
    public static Instances None() => new();

    /// <summary>Starts one more instance; it knows the drafts' secrets, unless they are given.</summary>
    public async Task<RouterServices> StartAsync(Func<string, string?>? secrets = null)
    {
        var loader = secrets is null ? ConfigurationDraft.Loader() : new RouterConfigLoader(ProviderKinds.All, [new EnvironmentSecretResolver(secrets)]);
        var builtIn = await new RouterConfigLoader(ProviderKinds.All, [], anonymousCallers: AnonymousCallers.Refused).LoadAsync(BuiltInConfiguration.Read());
        var router = RouterServices.Create(new RouterServicesOptions
        {
            Models = new RouterModelSource(builtIn.Model!),
            Store = Store,
            StoredConfigurations = loader,
            Time = Time,
            Loggers = new Microsoft.Extensions.Logging.LoggerFactory([Log]),
        });
        _running.Add(router);
        await router.StartAsync();
        // Each step's loop has its timer once it runs; a clock that moved before would pass it by.
        await Time.WaitForTimersAsync(_running.Sum(static running => running.Work.Steps.Count()));
        return router;
    }

    /// <summary>Lets a refresh interval pass.</summary>
    public void PassRefresh() => Time.Advance(Pace.RefreshInterval);

    /// <summary>Lets secrets become due.</summary>
    public void PassSecrets() => Time.Advance(Pace.SecretsInterval);

    /// <summary>Waits until every instance runs on the version.</summary>
    public Task AllRunOnAsync(string version) =>
        Eventually.HoldsAsync(() => _running.TrueForAll(router => router.Models.Current.Version == version), $"every instance to run on {version}");

    public async Task TakeTurnsAsync()
    {
        foreach (var router in _running)
            await router.Work.RunAsync(ConfigurationFollower.StepName);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var router in _running)
            await router.DisposeAsync();
        Log.AssertNeverMentions(ConfigurationDraft.ProviderSecret);
        Log.AssertNeverMentions(ConfigurationDraft.CallerSecret);
    }

    public static async Task<string> ReplaceAsync(RouterServices router, byte[] text) =>
        Assert.IsType<ConfigurationChange.Activated>(await router.Configurations!.ReplaceAsync(text, null, CancellationToken.None)).Version;
}
