using Microsoft.Azure.Functions.Worker;
using ServerlessRouter.Jobs.Steps;

namespace ServerlessRouter.Functions.Jobs;

/// <summary>The steps of a job as activities: small names in, small answers out; requests and results stay in the tables.</summary>
public sealed class JobActivities(JobSteps steps)
{
    [Function(nameof(PrepareJob))]
    public Task<PreparedJob> PrepareJob([ActivityTrigger] string jobId, CancellationToken cancellationToken) => steps.PrepareAsync(jobId, cancellationToken).AsTask();

    [Function(nameof(FindChunkWork))]
    public Task<ChunkWork> FindChunkWork([ActivityTrigger] ChunkRef chunk, CancellationToken cancellationToken) => steps.RemainingAsync(chunk, cancellationToken).AsTask();

    [Function(nameof(RunJobItem))]
    public Task<StepResult> RunJobItem([ActivityTrigger] ItemRef item, CancellationToken cancellationToken) => steps.RunItemAsync(item, cancellationToken).AsTask();

    [Function(nameof(LookAtRequest))]
    public Task<RequestState> LookAtRequest([ActivityTrigger] string jobId, CancellationToken cancellationToken) => steps.LookAtRequestAsync(jobId, cancellationToken).AsTask();

    [Function(nameof(StepRequest))]
    public Task<RequestState> StepRequest([ActivityTrigger] RequestOrder order, CancellationToken cancellationToken) => steps.StepRequestAsync(order, cancellationToken).AsTask();

    [Function(nameof(SettleChunk))]
    public Task<StepResult> SettleChunk([ActivityTrigger] ChunkRef chunk, CancellationToken cancellationToken) => steps.SettleChunkAsync(chunk, cancellationToken).AsTask();

    [Function(nameof(NoteJobFault))]
    public Task<StepResult> NoteJobFault([ActivityTrigger] string jobId, CancellationToken cancellationToken) => steps.NoteFaultAsync(jobId, cancellationToken).AsTask();

    [Function(nameof(CompleteJob))]
    public Task<StepResult> CompleteJob([ActivityTrigger] string jobId, CancellationToken cancellationToken) => steps.FinishAsync(jobId, cancellationToken).AsTask();
}
