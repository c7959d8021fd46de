using System.Collections.Frozen;
using Azure.Core;
using Azure.Identity;
using Microsoft.Extensions.Logging;
using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using ServerlessRouter.Providers.Upstream;

namespace ServerlessRouter.Providers;

/// <summary>What calls each kind of provider, and what the kinds share: connections and Entra tokens.</summary>
public sealed partial class ProviderRegistry : IAsyncDisposable
{
    private readonly FrozenDictionary<ProviderKind, IChatProvider> _chat;
    private readonly FrozenDictionary<ProviderKind, IChatProvider> _embeddings;
    private readonly UpstreamConnections _connections;
    private readonly FrozenDictionary<string, EntraTokenSource> _entraTokens;

    /// <summary>Makes every kind; <paramref name="credential"/> is the host's identity, by default whatever <see cref="DefaultAzureCredential"/> finds when first needed.</summary>
    public ProviderRegistry(TimeProvider time, IRandomSource random, ILoggerFactory loggers, TokenCredential? credential = null, Func<string, DateTimeOffset, SimulatedFault?>? faults = null)
    {
        var proxies = EnvironmentProxies.OfProcess();
        foreach (var variable in proxies.Unreadable)
            LogUnreadableProxy(loggers.CreateLogger<ProviderRegistry>(), variable);
        _connections = new UpstreamConnections(proxies, time);
        var rows = ProviderKinds.All.Cast<ProviderRow>().ToArray();
        _entraTokens = rows.Select(ScopeOf).Distinct().ToFrozenDictionary(
            static scope => scope, scope => new EntraTokenSource(() => credential ?? new DefaultAzureCredential(), time, loggers.CreateLogger<EntraTokenSource>(), scope));
        _chat = rows.ToFrozenDictionary(static row => (ProviderKind)row, row => row.Chat(PartsOf(row)));
        _embeddings = rows.Where(static row => row.MakesEmbeddings).ToFrozenDictionary(static row => (ProviderKind)row, row => row.Embeddings!(PartsOf(row)));

        ProviderParts PartsOf(ProviderKind kind) => new(_connections, _entraTokens[ScopeOf(kind)], time, random) { Faults = faults };
    }

    /// <summary>What answers chat requests at providers of a kind.</summary>
    public IChatProvider Get(ProviderKind kind) => _chat[kind];

    /// <summary>What makes embeddings at providers of a kind that <see cref="ProviderKind.MakesEmbeddings"/>; its answers are vectors in OpenAI's schema.</summary>
    public IChatProvider GetEmbeddings(ProviderKind kind) => _embeddings[kind];

    /// <summary>Drops what is kept for deployments that this configuration does not have; call when a new one takes effect.</summary>
    public void Follow(RouterModel router)
    {
        foreach (var provider in _chat.Values.Concat(_embeddings.Values))
            provider.Follow(router);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var tokens in _entraTokens.Values)
            await tokens.DisposeAsync().ConfigureAwait(false);
        _connections.Dispose();
    }

    /// <summary>A kind that takes no Entra token never asks for one.</summary>
    private static string ScopeOf(ProviderKind kind) => kind.Access?.EntraScope ?? EntraTokenSource.Scope;

    [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "{Variable} is no address of a proxy, so it counts as not set; write one like http://proxy.example.com:3128.")]
    private static partial void LogUnreadableProxy(ILogger logger, string variable);
}
