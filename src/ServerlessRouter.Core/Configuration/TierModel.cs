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

    /// <summary>The class its callers wait in where a deployment has no room; lower is served first.</summary>
    public int Priority { get; init; }

    /// <summary>Whether answers of the Responses API are kept where a request does not say; null keeps them where the store outlives the process.</summary>
    public bool? StoreResponses { get; init; }

    /// <summary>Null is unbounded.</summary>
    public BudgetModel? Budget { get; init; }

    /// <summary>Whether this tier may ask for a route or model by this name.</summary>
    public bool Allows(string target) => Allowed is null || Allowed.Contains(target);
}

/// <summary>Money a tier's caller may spend in a period.</summary>
/// <param name="Usd">More than 0.</param>
/// <param name="Per">One of <see cref="BudgetPeriods"/>.</param>
public sealed record BudgetModel(decimal Usd, string Per)
{
    public const double DefaultLowBelow = 0.2;

    /// <summary>How routing spares when little is left; one of <see cref="DowngradePolicies"/>.</summary>
    public string WhenLow { get; init; } = DowngradePolicies.Default;

    /// <summary>Share of the budget, 0..1, below which little is left.</summary>
    public double LowBelow { get; init; } = DefaultLowBelow;
}

/// <summary>The names <c>tiers.*.budget.per</c> may have; a period ends at its UTC calendar boundary.</summary>
public static class BudgetPeriods
{
    public const string Hour = "hour";
    public const string Day = "day";
    public const string Month = "month";

    /// <summary>All names.</summary>
    public static IReadOnlyList<string> All { get; } = [Hour, Day, Month];
}
