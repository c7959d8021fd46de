namespace ServerlessRouter.Configuration.Written;

/// <summary>What is demanded of every provider that may be called, as written.</summary>
public sealed record ConstraintsConfig
{
    [Member("Regions it may be in, as `providers` write them; a provider without a region is in none. Default: all.")]
    public IReadOnlyList<string?>? Regions { get; init; }

    [Member("`deny` leaves out providers with `dataCollection`. Default: `allow`.", Names = NameTable.DataCollection)]
    public string? DataCollection { get; init; }

    [Member("Only providers with `zeroDataRetention`. Default: false.")]
    public bool? ZeroDataRetention { get; init; }
}
