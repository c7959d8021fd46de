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

    [Member("When it stops being accepted: a day or a time, in UTC where it says nothing else, such as `2027-06-30T00:00:00Z`. Default: never.")]
    public string? Expires { get; init; }

    [Member("What it is filed under, by a name of your choice, such as its team.")]
    public OrderedDictionary<string, string?>? Tags { get; init; }

    [Member("It is not accepted for now. Default: false.")]
    public bool? Disabled { get; init; }
}
