using System.Collections.Frozen;
using Azure.Core;
using Azure.Identity;
using Microsoft.Extensions.Logging;
using ServerlessRouter.Providers.Anthropic;
using ServerlessRouter.Providers.AzureOpenAI;
using ServerlessRouter.Providers.OpenAI;
using ServerlessRouter.Providers.Simulated;

namespace ServerlessRouter.Providers;

/// <summary>All kinds of provider, by name, and what they share: connections and Entra tokens.</summary>
public sealed class ProviderRegistry : IAsyncDisposable
{
    private readonly FrozenDictionary<string, IChatProvider> _byKind;
    private readonly UpstreamConnections _connections = new();
    private readonly EntraTokenSource _entraTokens;

    /// <summary>Makes every kind; <paramref name="credential"/> is the host's identity, by default whatever <see cref="DefaultAzureCredential"/> finds when first needed.</summary>
    public ProviderRegistry(TimeProvider time, IRandomSource random, ILoggerFactory loggers, TokenCredential? credential = null)
    {
        _entraTokens = new EntraTokenSource(() => credential ?? new DefaultAzureCredential(), time, loggers.CreateLogger<EntraTokenSource>());
        IChatProvider[] kinds =
        [
            new HttpChatProvider(new OpenAIMapper(), _connections, _entraTokens, time),
            new HttpChatProvider(new AzureOpenAIMapper(), _connections, _entraTokens, time),
            new HttpChatProvider(new AnthropicMapper(time), _connections, _entraTokens, time),
            new SimulatedProvider(time, random),
        ];
        _byKind = kinds.ToFrozenDictionary(kind => kind.Kind, StringComparer.Ordinal);
    }

    /// <summary>The names configuration may use.</summary>
    public IReadOnlyList<string> Kinds => _byKind.Keys;

    /// <summary>The provider of a kind that configuration has validated.</summary>
    public IChatProvider Get(string kind) => _byKind[kind];

    public async ValueTask DisposeAsync()
    {
        await _entraTokens.DisposeAsync().ConfigureAwait(false);
        _connections.Dispose();
    }
}
