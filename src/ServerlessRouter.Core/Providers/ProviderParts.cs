using ServerlessRouter.Domain;
using ServerlessRouter.Providers.Upstream;

namespace ServerlessRouter.Providers;

/// <summary>What the kinds of provider share and are made of.</summary>
internal sealed record ProviderParts(UpstreamConnections Connections, EntraTokenSource EntraTokens, TimeProvider Time, IRandomSource Random)
{
    /// <summary>A provider that is called over HTTP, in the schema that the mapper knows.</summary>
    public IChatProvider OverHttp(IChatMapper mapper) => new HttpChatProvider(mapper, Connections, EntraTokens, Time);
}
