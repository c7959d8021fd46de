namespace ServerlessRouter.Configuration;

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
