using System.Collections.Frozen;
using System.Collections.Immutable;

namespace ServerlessRouter.Configuration;

/// <summary>A caller's key: its name (never the key), its tier, and what it may do within that.</summary>
public sealed record CallerModel(string Name, TierModel Tier)
{
    /// <summary>Route and model names it may ask for, of those its tier may; null is all of them.</summary>
    public FrozenSet<string>? Allowed { get; init; }

    /// <summary>What it is filed under, by name, such as its team.</summary>
    public FrozenDictionary<string, string> Tags { get; init; } = FrozenDictionary<string, string>.Empty;

    /// <summary>Its own limits and budgets, beside those of its tier.</summary>
    public ImmutableArray<LimitModel> Limits { get; init; } = [];

    /// <summary>The budgets among <see cref="Limits"/> by which routing spares before they are used up.</summary>
    public ImmutableArray<BudgetModel> Sparing { get; init; } = [];

    /// <summary>When it stops being accepted; null is never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>It is not accepted for now.</summary>
    public bool IsDisabled { get; init; }

    /// <summary>The end user that its holder is known to act for; null where only the request says so.</summary>
    public string? EndUser { get; init; }

    /// <summary>Whether its holder may ask for a route or model by this name.</summary>
    public bool Allows(string target) => Tier.Allows(target) && (Allowed is null || Allowed.Contains(target));
}
