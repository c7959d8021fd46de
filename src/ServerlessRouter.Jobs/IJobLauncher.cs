namespace ServerlessRouter.Jobs;

/// <summary>The host's engine: sees to it that the steps of a job are carried out, now or after a restart.</summary>
/// <remarks>A launch that is lost (the process died in between) is found by the sweep, so an implementation need not be durable.</remarks>
public interface IJobLauncher
{
    /// <summary>Begins a job, or goes on with it; a job that is running already is only woken, so that it sees a cancellation soon.</summary>
    ValueTask LaunchAsync(string jobId, JobKind kind, CancellationToken cancellationToken);
}
