using System.Collections.Immutable;

namespace ServerlessRouter.Configuration;

/// <summary>Whose tokens are taken in place of keys, and what their roles stand for.</summary>
/// <param name="Issuer">Who issues them.</param>
/// <param name="Audience">Whom they are for.</param>
/// <param name="Metadata">Where the issuer tells its signing keys.</param>
public sealed record EntraModel(string Issuer, string Audience, Uri Metadata)
{
    /// <summary>What the names of callers and admins with tokens begin with, and no key's does.</summary>
    public const string NamePrefix = "entra:";

    /// <summary>Why a key may not be called so.</summary>
    internal const string ReservedName = $"begins with {NamePrefix}, which is for callers with tokens; choose another name";

    /// <summary>The tiers of callers, in the order in which they count.</summary>
    public ImmutableArray<(string Role, TierModel Tier)> Roles { get; init; } = [];

    /// <summary>What admins may do, in the order in which they count.</summary>
    public ImmutableArray<(string Role, AdminRole Admin)> AdminRoles { get; init; } = [];
}
