using System.Collections.Frozen;
using System.Collections.Immutable;

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

    /// <summary>What happens at its limits, and at those of its keys.</summary>
    public AtLimitModel AtLimit { get; init; } = AtLimitModel.Refuse;

    /// <summary>What is done at its limits, and at those of its keys, while the store cannot be reached.</summary>
    public StoreFailureRule OnStoreFailure { get; init; }

    /// <summary>What each of its callers may use; none is unbounded.</summary>
    public ImmutableArray<LimitModel> Limits { get; init; } = [];

    /// <summary>What each session of a caller may use.</summary>
    public ImmutableArray<LimitModel> SessionLimits { get; init; } = [];

    /// <summary>What each end user behind a caller may use.</summary>
    public ImmutableArray<LimitModel> UserLimits { get; init; } = [];

    /// <summary>The budgets among <see cref="Limits"/> by which routing spares before they are used up.</summary>
    public ImmutableArray<BudgetModel> Sparing { get; init; } = [];

    /// <summary>The class its callers wait in where a deployment has no room; lower is served first.</summary>
    public int Priority { get; init; }

    /// <summary>Whether answers of the Responses API are kept where a request does not say; null keeps them where the store outlives the process.</summary>
    public bool? StoreResponses { get; init; }

    /// <summary>Its callers may ask for the cache of answers on routes that have none.</summary>
    public bool MayCache { get; init; }

    /// <summary>Whether this tier may ask for a route or model by this name.</summary>
    public bool Allows(string target) => Allowed is null || Allowed.Contains(target);
}
