using System.Collections.Frozen;

namespace ServerlessRouter.Configuration;

/// <summary>A class of callers and what it may do.</summary>
public sealed class TierModel
{
    public required string Name { get; init; }

    /// <summary>Route and model names it may ask for; null allows all.</summary>
    public FrozenSet<string>? Allowed { get; init; }

    /// <summary>Quality floor 0..1 that applies on every route.</summary>
    public double MinimumQuality { get; init; }

    /// <summary>Whether this tier may ask for a route or model by this name.</summary>
    public bool Allows(string target) => Allowed is null || Allowed.Contains(target);
}
