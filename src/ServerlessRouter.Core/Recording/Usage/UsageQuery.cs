namespace ServerlessRouter.Recording.Usage;

/// <summary>Which usage is asked for, and how it is added up.</summary>
public sealed record UsageQuery
{
    /// <summary>The beginning of a UTC day, or of an hour where it is told by the hour.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>The first day or hour that is not asked for.</summary>
    public required DateTimeOffset To { get; init; }

    public UsageBucket Bucket { get; init; }

    public UsageGroups Groups { get; init; }

    /// <summary>Whose usage: the name of a key, or empty for callers without one; null for those of all callers.</summary>
    public string? Key { get; init; }

    /// <summary>Null for every route.</summary>
    public string? Route { get; init; }

    /// <summary>Null for every model.</summary>
    public string? Model { get; init; }

    /// <summary>The most sums in a page.</summary>
    public required int Limit { get; init; }

    /// <summary>Where the page before ended; null for the first.</summary>
    public UsageCursor? After { get; init; }

    internal bool Asks(in UsageDimensions dimensions) =>
        (Key is null || Key == (dimensions.Key ?? "")) && (Route is null || Route == dimensions.Route) && (Model is null || Model == dimensions.Model);

    /// <summary>The dimensions that are told apart; the others are left out.</summary>
    internal UsageDimensions Group(in UsageDimensions dimensions) => new()
    {
        Key = Groups.HasFlag(UsageGroups.Key) ? dimensions.Key : null,
        Route = Groups.HasFlag(UsageGroups.Route) ? dimensions.Route : null,
        Model = Groups.HasFlag(UsageGroups.Model) ? dimensions.Model : null,
        Deployment = Groups.HasFlag(UsageGroups.Deployment) ? dimensions.Deployment : null,
        Status = Groups.HasFlag(UsageGroups.Status) ? dimensions.Status : 0,
    };
}

/// <summary>The spans usage is told by.</summary>
public enum UsageBucket
{
    Day,
    Hour,
}

/// <summary>What usage is told apart by, beside time.</summary>
[Flags]
public enum UsageGroups
{
    None = 0,
    Key = 1,
    Route = 2,
    Model = 4,
    Deployment = 8,
    Status = 16,
}
