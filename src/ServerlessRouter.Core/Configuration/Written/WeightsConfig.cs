namespace ServerlessRouter.Configuration.Written;

/// <summary>Weights of a weighted objective, as written.</summary>
public sealed record WeightsConfig
{
    [Member("Weight of quality. Default: 0.", Minimum = 0, Maximum = 1_000_000)]
    public double? Quality { get; init; }

    [Member("Weight of low cost. Default: 0.", Minimum = 0, Maximum = 1_000_000)]
    public double? Cost { get; init; }

    [Member("Weight of low latency. Default: 0.", Minimum = 0, Maximum = 1_000_000)]
    public double? Latency { get; init; }
}
