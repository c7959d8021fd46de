using System.Collections.Immutable;
using ServerlessRouter.Configuration;

namespace ServerlessRouter.LocalHost.Starting;

/// <summary>A vendor that the environment gives access to.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Source">What tells of it: the names of variables or an address, never a value of a secret.</param>
internal sealed record FoundVendor(ProviderKind Kind, string Source)
{
    /// <summary>Where its key is; null where it needs none.</summary>
    public string? Credential { get; init; }

    /// <summary>Where it is called; null at the vendor's own address.</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>What a server of one's own says it has.</summary>
    public ImmutableArray<string> Models { get; init; } = [];
}

/// <summary>What the environment tells of vendors.</summary>
/// <param name="Vendors">Those that can be called, in the order of the kinds.</param>
/// <param name="Notes">What is there and cannot be used, and why.</param>
internal sealed record FoundVendors(ImmutableArray<FoundVendor> Vendors, ImmutableArray<string> Notes)
{
    public static FoundVendors None { get; } = new([], []);
}
