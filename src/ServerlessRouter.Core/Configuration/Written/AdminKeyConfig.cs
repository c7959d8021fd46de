namespace ServerlessRouter.Configuration.Written;

/// <summary>An admin key, as written.</summary>
public sealed record AdminKeyConfig
{
    [Member("Where the key is: `env:NAME`, `keyvault:NAME`, or `sha256:HEX` of it. Never the key itself.", IsRequired = true, IsSecret = true)]
    public string? Secret { get; init; }

    [Member("What it may do: everything (`admin`), or issue keys and change those it has issued (`keys`). Default: `keys`.", Names = NameTable.AdminRole)]
    public string? Role { get; init; }

    [Member("The tiers its keys may have. Default: all.")]
    public IReadOnlyList<string?>? Tiers { get; init; }

    [Member("What the budgets of its keys may come to together; each then needs a budget of this period. Default: unbounded.")]
    public AdminBudgetConfig? Budget { get; init; }
}

/// <summary>What the budgets of an admin's keys may come to, as written.</summary>
public sealed record AdminBudgetConfig
{
    [Member("USD in each period.", IsRequired = true, Minimum = 0.000001, Maximum = 1_000_000_000)]
    public decimal? Usd { get; init; }

    [Member("The period.", IsRequired = true, Names = NameTable.BudgetPeriod)]
    public string? Per { get; init; }
}
