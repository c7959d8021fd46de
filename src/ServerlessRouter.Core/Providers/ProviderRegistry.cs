using System.Collections.Frozen;
using Azure.Core;
using Azure.Identity;
using Microsoft.Extensions.Logging;
using ServerlessRouter.Configuration;
using ServerlessRouter.Providers.Anthropic;
using ServerlessRouter.Providers.AzureOpenAI;
using ServerlessRouter.Providers.OpenAI;
using ServerlessRouter.Providers.Simulated;

namespace ServerlessRouter.Providers;

/// <summary>All kinds of provider, by name, and what they share: connections and Entra tokens.</summary>
public sealed partial class ProviderRegistry : IAsyncDisposable
{
    private readonly FrozenDictionary<string, IChatProvider> _byKind;
    private readonly FrozenDictionary<string, IChatProvider> _embeddingsByKind;
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
        IChatProvider[] kinds =
        [
            new HttpChatProvider(new OpenAIMapper(), _connections, _entraTokens, time),
            new HttpChatProvider(new AzureOpenAIMapper(), _connections, _entraTokens, time),
            new HttpChatProvider(new AnthropicMapper(time), _connections, _entraTokens, time),
            new SimulatedProvider(time, random),
        ];
        IChatProvider[] withEmbeddings =
        [
            new HttpChatProvider(new EmbeddingsMapper(new OpenAIMapper()), _connections, _entraTokens, time),
            new HttpChatProvider(new EmbeddingsMapper(new AzureOpenAIMapper()), _connections, _entraTokens, time),
        ];
        _embeddingsByKind = withEmbeddings.ToFrozenDictionary(kind => kind.Kind, StringComparer.Ordinal);
        _byKind = kinds.ToFrozenDictionary(kind => kind.Kind, StringComparer.Ordinal);
    }

    /// <summary>The names configuration may use.</summary>
    public IReadOnlyList<string> Kinds => _byKind.Keys;

    /// <summary>The provider of a kind that configuration has validated.</summary>
    public IChatProvider Get(string kind) => _byKind[kind];

    /// <summary>What makes embeddings at a provider of a kind in <see cref="ProviderKinds.WithEmbeddings"/>; its answers are vectors in OpenAI's schema.</summary>
    public IChatProvider GetEmbeddings(string kind) => _embeddingsByKind[kind];

    public async ValueTask DisposeAsync()
    {
        await _entraTokens.DisposeAsync().ConfigureAwait(false);
        _connections.Dispose();
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "{Variable} is no address of a proxy, so it counts as not set; write one like http://proxy.example.com:3128.")]
    private static partial void LogUnreadableProxy(ILogger logger, string variable);
}
