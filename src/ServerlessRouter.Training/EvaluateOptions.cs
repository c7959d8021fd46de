using ServerlessRouter.Training.Rows;

namespace ServerlessRouter.Training;

/// <summary>What `evaluate` was asked to do.</summary>
public sealed record EvaluateOptions
{
    public const int MinFolds = 2;
    public const int MaxFolds = 20;
    public const int DefaultFolds = 3;
    public const int DefaultSeed = 7;

    public required TrainingKind Kind { get; init; }

    /// <summary>JSON Lines, plain or gzip (`.gz`).</summary>
    public required string InputPath { get; init; }

    /// <summary>Weights to judge by rows they were not trained on; without them every row is judged by weights trained on the others.</summary>
    public string? WeightsPath { get; init; }

    /// <summary>With outcomes: label weights whose tasks group the rows that name none.</summary>
    public string? TasksPath { get; init; }

    public int Folds { get; init; } = DefaultFolds;

    public int Seed { get; init; } = DefaultSeed;

    public EvaluationFormat Format { get; init; }
}

/// <summary>Who reads the figures.</summary>
public enum EvaluationFormat
{
    /// <summary>A table for people.</summary>
    Table,

    /// <summary>JSON for programs.</summary>
    Json,
}
