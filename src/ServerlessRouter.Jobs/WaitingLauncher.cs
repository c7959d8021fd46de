namespace ServerlessRouter.Jobs;

/// <summary>Begins nothing: the jobs wait until a host has an engine.</summary>
internal sealed class WaitingLauncher : IJobLauncher
{
    public static readonly WaitingLauncher Instance = new();

    public ValueTask LaunchAsync(string jobId, JobKind kind, CancellationToken cancellationToken) => ValueTask.CompletedTask;
}
