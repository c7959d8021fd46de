namespace ServerlessRouter.Configuration.Written;

/// <summary>What a session may use, as written.</summary>
public sealed record SessionLimitsConfig
{
    [Member("USD each session may spend. Default: unbounded.", Minimum = 0.000001, Maximum = 1_000_000_000)]
    public decimal? Usd { get; init; }

    [Member("Requests each session may make. Default: unbounded.", Minimum = 1)]
    public int? Requests { get; init; }
}
