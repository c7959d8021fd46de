namespace ServerlessRouter.Training;

/// <summary>What `predict` was asked to do.</summary>
public sealed record PredictOptions
{
    /// <summary>A weights file that `train` wrote; without one the shipped weights answer.</summary>
    public string? WeightsPath { get; init; }
}
