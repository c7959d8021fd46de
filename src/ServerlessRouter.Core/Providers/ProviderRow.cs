using ServerlessRouter.Configuration;
using ServerlessRouter.Providers.Upstream;

namespace ServerlessRouter.Providers;

/// <summary>A kind of provider with what makes its calls.</summary>
internal sealed class ProviderRow : ProviderKind
{
    /// <summary>Makes what answers chat requests.</summary>
    public required Func<ProviderParts, IChatProvider> Chat { get; init; }

    /// <summary>Makes what answers with vectors in OpenAI's schema; null for a kind without embeddings.</summary>
    public required Func<ProviderParts, IChatProvider>? Embeddings { get; init; }

    public override bool MakesEmbeddings => Embeddings is not null;
}
