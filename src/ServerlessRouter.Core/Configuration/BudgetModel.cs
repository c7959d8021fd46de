namespace ServerlessRouter.Configuration;

/// <summary>Money a tier's caller may spend in a period.</summary>
/// <param name="Usd">More than 0.</param>
/// <param name="Per">One of <see cref="BudgetPeriods"/>.</param>
public sealed record BudgetModel(decimal Usd, string Per);
