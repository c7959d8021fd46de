namespace ServerlessRouter.Configuration.Written;

/// <summary>Money a caller may spend in a period, as written.</summary>
public sealed record BudgetConfig
{
    [Member("USD in each period.", IsRequired = true, Minimum = 0.000001, Maximum = 1_000_000_000)]
    public decimal? Usd { get; init; }

    [Member("The period; it ends at its UTC calendar boundary.", IsRequired = true, Names = NameTable.BudgetPeriod)]
    public string? Per { get; init; }
}
