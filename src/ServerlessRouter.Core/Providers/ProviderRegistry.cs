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
    private readonly EntraTokenSource _entraTokens;

    /// <summary>Makes every kind; <paramref name="credential"/> is the host's identity, by default whatever <see cref="DefaultAzureCredential"/> finds when first needed.</summary>
    public ProviderRegistry(TimeProvider time, IRandomSource random, ILoggerFactory loggers, TokenCredential? credential = null)
    {
        var proxies = EnvironmentProxies.OfProcess();
        foreach (var variable in proxies.Unreadable)
            LogUnreadableProxy(loggers.CreateLogger<ProviderRegistry>(), variable);
        _connections = new UpstreamConnections(proxies, time);
        _entraTokens = new EntraTokenSource(() => credential ?? new DefaultAzureCredential(), time, loggers.CreateLogger<EntraTokenSource>());
        var parts = new ProviderParts(_connections, _entraTokens, time, random);
        var rows = ProviderKinds.All.Cast<ProviderRow>().ToArray();
        _chat = rows.ToFrozenDictionary(static row => (ProviderKind)row, row => row.Chat(parts));
        _embeddings = rows.Where(static row => row.MakesEmbeddings).ToFrozenDictionary(static row => (ProviderKind)row, row => row.Embeddings!(parts));
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
        await _entraTokens.DisposeAsync().ConfigureAwait(false);
        _connections.Dispose();
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "{Variable} is no address of a proxy, so it counts as not set; write one like http://proxy.example.com:3128.")]
    private static partial void LogUnreadableProxy(ILogger logger, string variable);
}
