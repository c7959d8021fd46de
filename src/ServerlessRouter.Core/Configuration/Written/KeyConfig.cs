namespace ServerlessRouter.Configuration.Written;

/// <summary>A key callers may use, as written in a configuration.</summary>
public sealed record KeyConfig : KeyTermsConfig
{
    [Member("Where the key is: `env:NAME`, `keyvault:NAME`, or `sha256:HEX` of it. Never the key itself.", IsRequired = true, IsSecret = true)]
    public string? Secret { get; init; }
}

/// <summary>What the holder of a key may do, as written: in a configuration, or where a key is issued.</summary>
public record KeyTermsConfig
{
    [Member("A name from `tiers`. Default: `default`.")]
    public string? Tier { get; init; }

    [Member("Routes and models it may ask for, of those its tier may. Default: all of them.")]
    public IReadOnlyList<string?>? Routes { get; init; }

    [Member("Requests it may make in a minute; the tier's own limit holds besides. Default: the tier's.", Minimum = 1)]
    public int? RequestsPerMinute { get; init; }

    [Member("Tokens, prompt and answer, it may use in a minute; the tier's own limit holds besides. Default: the tier's.", Minimum = 1)]
    public int? TokensPerMinute { get; init; }

    [Member("Requests it may have under way at once; the tier's own limit holds besides. Default: the tier's.", Minimum = 1)]
    public int? ConcurrentRequests { get; init; }

    [Member("Money it may spend: one budget, or a list of budgets of different periods; those of the tier hold besides. Default: the tier's.", MayBeOne = true)]
    public IReadOnlyList<BudgetConfig?>? Budget { get; init; }

    [Member("When it stops being accepted: a day or a time, in UTC where it says nothing else, such as `2027-06-30T00:00:00Z`. Default: never.")]
    public string? Expires { get; init; }

    [Member("What it is filed under, by a name of your choice, such as its team.")]
    public OrderedDictionary<string, string?>? Tags { get; init; }

    [Member("It is not accepted for now. Default: false.")]
    public bool? Disabled { get; init; }
}
