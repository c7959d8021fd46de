namespace ServerlessRouter.Configuration.Written;

/// <summary>What one request may use at most, as written.</summary>
public sealed record LimitsConfig
{
    [Member("Calls to vendors. Default: 4.", Minimum = 1, Maximum = 100)]
    public int? Attempts { get; init; }

    [Member("Seconds from arrival to the first content (streams) or the whole answer (plain). Default: 120.", Minimum = 0.001, Maximum = 86_400)]
    public double? DeadlineSeconds { get; init; }

    [Member("Seconds from sending an attempt to its first content. Default: 30.", Minimum = 0.001, Maximum = 86_400)]
    public double? FirstTokenSeconds { get; init; }

    [Member("Seconds between two pieces of a stream. Default: 30.", Minimum = 0.001, Maximum = 86_400)]
    public double? StallSeconds { get; init; }

    [Member("USD over all attempts. Default: unbounded.", Minimum = 0.000001, Maximum = 1_000_000)]
    public decimal? CostUsd { get; init; }
}
