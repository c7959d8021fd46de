using ServerlessRouter.Training.Rows;

namespace ServerlessRouter.Training;

/// <summary>What `train` was asked to do.</summary>
public sealed record TrainOptions
{
    public required TrainingKind Kind { get; init; }

    /// <summary>JSON Lines, plain or gzip (`.gz`).</summary>
    public required string InputPath { get; init; }

    public required string OutputPath { get; init; }

    /// <summary>With outcomes: label weights whose tasks group the rows that name none.</summary>
    public string? TasksPath { get; init; }
}
