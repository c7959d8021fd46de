using System.Collections.Frozen;

namespace ServerlessRouter.Configuration;

/// <summary>A class of callers and what it may do.</summary>
public sealed class TierModel
{
    /// <summary>The tier of keys that name none, and of callers without a key; unrestricted where the configuration does not write it.</summary>
    public const string DefaultName = "default";

    public required string Name { get; init; }

    /// <summary>Route and model names it may ask for; null allows all.</summary>
    public FrozenSet<string>? Allowed { get; init; }

    /// <summary>Quality floor 0..1 that applies on every route.</summary>
    public double MinimumQuality { get; init; }

    /// <summary>What its callers want most where they do not say; null leaves it to the route.</summary>
    public CallerPreference? Preference { get; init; }

    /// <summary>What is demanded of every provider; null demands nothing.</summary>
    public ConstraintsModel? Constraints { get; init; }

    /// <summary>Requests one caller may make in a minute; null is unbounded.</summary>
    public int? RequestsPerMinute { get; init; }

    /// <summary>Tokens, prompt and answer, one caller may use in a minute; null is unbounded.</summary>
    public int? TokensPerMinute { get; init; }

    /// <summary>Null is unbounded.</summary>
    public BudgetModel? Budget { get; init; }

    /// <summary>Whether this tier may ask for a route or model by this name.</summary>
    public bool Allows(string target) => Allowed is null || Allowed.Contains(target);
}
