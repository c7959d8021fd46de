using Microsoft.Extensions.Logging;
using ServerlessRouter.Dispatch;
using ServerlessRouter.Errors;
using ServerlessRouter.Jobs.Storage;

namespace ServerlessRouter.Jobs.Services;

/// <summary>Where callers leave jobs, ask for them and take them back. A caller sees its own alone.</summary>
public sealed partial class JobApi
{
    private readonly JobServices _services;
    private readonly JobStorage _storage;
    private readonly JobSubmission _submission;
    private readonly JobErasure _erasure;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    internal JobApi(JobServices services, JobStorage storage, JobSubmission submission, JobErasure erasure, TimeProvider time, ILogger logger)
    {
        (_services, _storage, _submission, _erasure) = (services, storage, submission, erasure);
        (_time, _logger) = (time, logger);
    }

    /// <summary>Writes a job down and has it begun. Once it answers, the job is carried out whatever happens to this process.</summary>
    public async ValueTask<JobResult> SubmitAsync(JobOrder order, CancellationToken cancellationToken)
    {
        var result = await _submission.SubmitAsync(order, cancellationToken).ConfigureAwait(false);
        if (result.Job is { HasEnded: false } job)
            await LaunchAsync(job, cancellationToken).ConfigureAwait(false);
        return result;
    }

    /// <summary>A job of this caller with the figures of now; null when there is none.</summary>
    public async ValueTask<Job?> FindAsync(string? caller, string jobId, CancellationToken cancellationToken) =>
        await _storage.Jobs.FindAsync(jobId, cancellationToken).ConfigureAwait(false) is { } job && job.Caller == caller
            ? await WithFiguresAsync(job, cancellationToken).ConfigureAwait(false)
            : null;

    /// <summary>A caller's batches, newest first, behind <paramref name="after"/> if that is one of them.</summary>
    public async ValueTask<JobPage<Job>> ListBatchesAsync(string? caller, string? after, int limit, CancellationToken cancellationToken)
    {
        var last = after is null ? null : await _storage.Jobs.FindAsync(after, cancellationToken).ConfigureAwait(false);
        var afterKey = last is null || last.Caller != caller ? null : JobTables.ListKey(last.CreatedAt, last.Id);
        var jobs = new List<Job>();
        await foreach (var id in _storage.Index.ListAsync(JobIndex.Batches, caller, afterKey, cancellationToken).ConfigureAwait(false))
        {
            if (await FindAsync(caller, id, cancellationToken).ConfigureAwait(false) is not { } job)
                continue;
            if (jobs.Count == limit)
                return new JobPage<Job>(jobs, HasMore: true);
            jobs.Add(job);
        }

        return new JobPage<Job>(jobs, HasMore: false);
    }

    /// <summary>The item of a single request and its result; null when it is not there (yet).</summary>
    public async ValueTask<(JobItem Item, byte[]? Result)?> ResultAsync(Job job, CancellationToken cancellationToken) =>
        await _storage.Items.FindAsync(job.Id, 0, cancellationToken).ConfigureAwait(false) is { } item
            ? (item, await _storage.Items.ResultAsync(item, cancellationToken).ConfigureAwait(false))
            : null;

    /// <summary>When a request that sleeps goes on; null for one that does not sleep.</summary>
    public DateTimeOffset? WaitsUntil(JobItem item)
    {
        var now = _time.GetUtcNow();
        if (item.State != ItemState.Pending)
            return null;
        if (item.NextTryAt > now)
            return item.NextTryAt;
        return item.RequestHistory?.History.Next(now) is { Kind: DispatchStepKind.Wait } step ? now + step.Within : null;
    }

    /// <summary>Has a job end soon. What runs for a batch is let end, for a single request it is broken off; what has not begun is not begun.</summary>
    public async ValueTask<JobResult> CancelAsync(string? caller, string jobId, CancellationToken cancellationToken)
    {
        if (await _storage.Jobs.FindAsync(jobId, cancellationToken).ConfigureAwait(false) is not { } found || found.Caller != caller)
            return new JobResult(null, NotFound(jobId));
        if (found.Kind == JobKind.Request && await _storage.Items.FindAsync(jobId, 0, cancellationToken).ConfigureAwait(false) is { HasEnded: true } && !found.HasEnded)
            return new JobResult(null, new RouterError(RouterErrorCode.Conflict, $"'{jobId}' cannot be cancelled any more: it has just ended."));
        var job = await _storage.Jobs.ChangeAsync(
            jobId,
            now => now.Status is JobStatus.Validating or JobStatus.InProgress ? now with { Status = JobStatus.Cancelling, CancellingAt = _time.GetUtcNow() } : null,
            cancellationToken).ConfigureAwait(false);
        if (job is null)
            return new JobResult(null, NotFound(jobId));
        if (job.Status != JobStatus.Cancelling)
            return new JobResult(null, new RouterError(RouterErrorCode.Conflict, $"'{jobId}' cannot be cancelled any more: its status is '{JobStatuses.NameOf(job.Status)}'."));
        await _services.UnderWay.BreakOffAsync(jobId).ConfigureAwait(false);
        await LaunchAsync(job, cancellationToken).ConfigureAwait(false);
        return new JobResult(await WithFiguresAsync(job, cancellationToken).ConfigureAwait(false), null);
    }

    /// <summary>Forgets a job that has ended, with its results but not its output files; one that has not is cancelled instead and answered as it stands.</summary>
    public async ValueTask<JobResult> DeleteAsync(string? caller, string jobId, CancellationToken cancellationToken)
    {
        if (await _storage.Jobs.FindAsync(jobId, cancellationToken).ConfigureAwait(false) is not { } job || job.Caller != caller)
            return new JobResult(null, NotFound(jobId));
        if (!job.HasEnded)
            return await CancelAsync(caller, jobId, cancellationToken).ConfigureAwait(false);
        await _erasure.EraseAsync(job, cancellationToken).ConfigureAwait(false);
        return new JobResult(job, null);
    }

    /// <summary>What is told of a job that is not there, or is another caller's.</summary>
    public static RouterError NotFound(string jobId) =>
        new(RouterErrorCode.NotFound, $"There is no job '{(jobId.Length <= 64 ? jobId : jobId[..64])}' of this caller.") { Param = "id" };

    private async ValueTask<Job> WithFiguresAsync(Job job, CancellationToken cancellationToken)
    {
        if (job.HasEnded || job.Items == 0)
            return job;
        var chunks = await _storage.Jobs.ChunksAsync(job.Id, cancellationToken).ConfigureAwait(false);
        return job with { Tally = chunks.Aggregate(default(JobTally), static (sum, chunk) => sum + chunk.Tally) };
    }

    private async ValueTask LaunchAsync(Job job, CancellationToken cancellationToken)
    {
        try
        {
            await _services.Launcher.LaunchAsync(job.Id, job.Kind, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            LogNotLaunched(failure, job.Id);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "The job {JobId} is written down but could not be begun; the next sweep begins it")]
    private partial void LogNotLaunched(Exception failure, string jobId);
}
