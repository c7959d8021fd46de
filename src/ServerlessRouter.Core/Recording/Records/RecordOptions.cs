namespace ServerlessRouter.Recording.Records;

/// <summary>How records of requests are written down and forgotten; for how many days they are kept is said by the configuration.</summary>
public sealed record RecordOptions
{
    /// <summary>How often records go to the store; a kill loses at most what came in since. Default: 5 s.</summary>
    public TimeSpan FlushInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long one round of writing may take. Default: 30 s.</summary>
    public TimeSpan FlushTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often records past their days are deleted. Default: 1 hour.</summary>
    public TimeSpan RetentionInterval { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long one round of deleting may take; the next goes on. Default: 10 minutes.</summary>
    public TimeSpan RetentionTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Records that may wait for the store; further ones are dropped. Default: 4096.</summary>
    public int Capacity { get; init; } = 4096;

    /// <summary>Readings that may go on at a time, each with up to sixteen calls to the store at once. Default: 4.</summary>
    public int MostReadings { get; init; } = 4;

    /// <summary>How long a reading waits for others to end. Default: 2 s.</summary>
    public TimeSpan PlacePatience { get; init; } = TimeSpan.FromSeconds(2);
}
