using System.Collections.Frozen;
using System.Collections.Immutable;

namespace ServerlessRouter.Configuration;

/// <summary>A kind of provider as data: what may be written for it and what its API lacks. Validation, routing, hosts and the schema for editors read it; only the call itself is code.</summary>
/// <remarks>The rows stand beside the folders of providers. Every member is required, so a row that lacks one does not compile.</remarks>
public abstract class ProviderKind
{
    /// <summary>What <c>providers.*.kind</c> says.</summary>
    public required string Name { get; init; }

    /// <summary>How its vendor is reached; null for a kind that answers on this machine and so takes no endpoint, credential, proxy, headers or query.</summary>
    public required ProviderAccess? Access { get; init; }

    /// <summary>Those of <see cref="KindMembers"/> that may be written for it.</summary>
    public required ImmutableArray<string> OwnMembers { get; init; }

    /// <summary>Parameters of OpenAI's schema that its API has no counterpart for.</summary>
    public required FrozenSet<string> UnsupportedParameters { get; init; }

    /// <summary>It has OpenAI's embeddings beside its chat.</summary>
    public abstract bool MakesEmbeddings { get; }

    public sealed override string ToString() => Name;
}
