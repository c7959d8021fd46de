namespace ServerlessRouter.State;

/// <summary>When the router stops asking its own storage, so that slow storage slows nothing else.</summary>
public sealed record GuardedTableStoreOptions
{
    /// <summary>How long one call may take. Default: 4 s.</summary>
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>How many calls may be under way at once; further ones are refused. Default: 256.</summary>
    public int MostCalls { get; init; } = 256;

    /// <summary>Failures in a row that make it stop asking. Default: 5.</summary>
    public int FailuresInRow { get; init; } = 5;

    /// <summary>How long it then does not ask; afterwards one call tries. Default: 2 s.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromSeconds(2);
}
