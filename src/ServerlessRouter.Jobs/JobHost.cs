namespace ServerlessRouter.Jobs;

/// <summary>What the host brings for jobs, set once it has it.</summary>
internal sealed class JobHost
{
    /// <summary>The host's engine. Until the host sets one, jobs are written down and wait for a sweep that has one.</summary>
    public IJobLauncher Launcher { get; set; } = WaitingLauncher.Instance;

    /// <summary>The host's blobs, for messages; null where it has none.</summary>
    public IJobBlobs? Blobs { get; set; }
}

/// <summary>Begins nothing: the jobs wait until a host has an engine.</summary>
internal sealed class WaitingLauncher : IJobLauncher
{
    public static readonly WaitingLauncher Instance = new();

    public ValueTask LaunchAsync(string jobId, JobKind kind, CancellationToken cancellationToken) => ValueTask.CompletedTask;
}
