using Grpc.Core;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using ServerlessRouter.Jobs;

namespace ServerlessRouter.Functions.Jobs;

/// <summary>
/// Starts the orchestration of a job, under the job's id. The Functions host hands out its client with invocations only: those that may need it leave it here, and what
/// is launched before any has is found by the sweep, which brings one.
/// </summary>
public sealed partial class DurableLauncher(ILogger<DurableLauncher> logger) : IJobLauncher
{
    private DurableTaskClient? _client;

    /// <summary>Takes the client of an invocation; the host's clients outlive it.</summary>
    public void Use(DurableTaskClient client) => Volatile.Write(ref _client, client);

    public async ValueTask LaunchAsync(string jobId, JobKind kind, CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _client) is not { } client)
            return;
        try
        {
            var known = await client.GetInstanceAsync(jobId, cancellationToken);
            // It asks again by itself soon enough to see a cancellation.
            if (known is { RuntimeStatus: OrchestrationRuntimeStatus.Running or OrchestrationRuntimeStatus.Pending or OrchestrationRuntimeStatus.Suspended })
                return;
            var name = kind == JobKind.Request ? RequestOrchestrator.Name : JobOrchestrator.Name;
            await client.ScheduleNewOrchestrationInstanceAsync(name, new JobOrchestrationInput(jobId), new StartOrchestrationOptions(jobId), cancellationToken);
        }
        catch (RpcException failure) when (!cancellationToken.IsCancellationRequested)
        {
            LogNotLaunched(failure, jobId);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "The orchestration of {JobId} could not be started; the next sweep tries again")]
    private partial void LogNotLaunched(Exception failure, string jobId);
}
