namespace ServerlessRouter.Configuration.Written;

/// <summary>Money that may be spent in a period, as written.</summary>
public sealed record BudgetConfig
{
    [Member("USD in each period.", IsRequired = true, Minimum = 0.000001, Maximum = 1_000_000_000)]
    public decimal? Usd { get; init; }

    [Member("The period; it ends at its UTC calendar boundary.", IsRequired = true, Names = NameTable.BudgetPeriod)]
    public string? Per { get; init; }

    [Member("How routing spares when little is left: `keep` changes nothing, `cheapest` puts the cheapest first and leaves only the tier's own `minimumQuality` standing. Default: `keep`.", Names = NameTable.DowngradePolicy)]
    public string? WhenLow { get; init; }

    [Member("Share of the budget, 0 to 1, below which little is left. Default: 0.2.", Minimum = 0, Maximum = 1)]
    public double? LowBelow { get; init; }
}
