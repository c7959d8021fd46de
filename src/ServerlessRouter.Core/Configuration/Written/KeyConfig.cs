namespace ServerlessRouter.Configuration.Written;

/// <summary>A key callers may use, as written.</summary>
public sealed record KeyConfig
{
    [Member("Where the key is: `env:NAME`, `keyvault:NAME`, or `sha256:HEX` of it. Never the key itself.", IsRequired = true, IsSecret = true)]
    public string? Secret { get; init; }

    [Member("A name from `tiers`. Default: `default`.")]
    public string? Tier { get; init; }
}
