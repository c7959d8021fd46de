namespace ServerlessRouter.Dispatch;

/// <summary>What the dispatch decision knows of a cascade; small and serialisable, so that a durable driver can keep it.</summary>
/// <param name="Steps">How many of the first candidates are its steps.</param>
/// <param name="Deadline">From arrival until a further step must have answered.</param>
/// <param name="CostUsd">Money beyond which no further step is begun; null is unbounded.</param>
public readonly record struct CascadeBounds(int Steps, TimeSpan Deadline, decimal? CostUsd);
