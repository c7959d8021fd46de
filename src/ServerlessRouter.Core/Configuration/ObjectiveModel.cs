namespace ServerlessRouter.Configuration;

/// <summary>What a route wants from its candidates.</summary>
public sealed record ObjectiveModel
{
    /// <summary>Name of the objective policy; one of <see cref="ObjectiveNames"/>.</summary>
    public required string Policy { get; init; }

    /// <summary>Expected quality 0..1 below which a candidate comes only after the others.</summary>
    public double MinimumQuality { get; init; }

    /// <summary>Weights of the weighted objective, each 0 or more.</summary>
    public double QualityWeight { get; init; }

    public double CostWeight { get; init; }

    public double LatencyWeight { get; init; }
}
