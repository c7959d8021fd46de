using System.Collections.Immutable;

namespace ServerlessRouter.Configuration;

/// <summary>How the vendor of a <see cref="ProviderKind"/> is reached, and what proves who is calling.</summary>
public sealed record ProviderAccess
{
    /// <summary>Where it is called when no endpoint is written; null where one must be.</summary>
    public required string? DefaultEndpoint { get; init; }

    /// <summary>What to write as an endpoint: what it is, and an example.</summary>
    public required string EndpointHint { get; init; }

    /// <summary>What a path of the vendor's ends with because the call adds it, so that an endpoint must not; without slashes around it.</summary>
    public required ImmutableArray<string> OperationSuffixes { get; init; }

    /// <summary>What the call adds to the endpoint before anything else, so that it must not stand anywhere in its path; null where a base address may have any path.</summary>
    public required string? OperationRoot { get; init; }

    /// <summary>The header that carries an API key.</summary>
    public required string KeyHeader { get; init; }

    /// <summary>What stands before the key in that header.</summary>
    public required string KeyPrefix { get; init; }

    /// <summary>The credential may be the host's own Entra identity.</summary>
    public required bool TakesEntra { get; init; }

    /// <summary>An endpoint on this machine may be called without a credential.</summary>
    public required bool MayLackCredentialOnThisMachine { get; init; }
}
