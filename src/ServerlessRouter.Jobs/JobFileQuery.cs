namespace ServerlessRouter.Jobs;

/// <summary>Which of a caller's files are listed.</summary>
public sealed record JobFileQuery
{
    public const int DefaultLimit = 1000;

    /// <summary>Only files behind this one.</summary>
    public string? After { get; init; }

    public int Limit { get; init; } = DefaultLimit;

    /// <summary>Only files of this purpose; null lists all.</summary>
    public string? Purpose { get; init; }

    public JobListOrder Order { get; init; }
}
