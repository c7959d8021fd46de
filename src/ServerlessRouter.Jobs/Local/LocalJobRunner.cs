using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using ServerlessRouter.Jobs.Services;
using ServerlessRouter.Jobs.Steps;
using ServerlessRouter.State;

namespace ServerlessRouter.Jobs.Local;

/// <summary>
/// The engine of jobs on one machine: each job has a task of its own that carries out its steps, over slots that all jobs share. It owns every task and waits for them
/// at its end; whatever it leaves, or a kill leaves, the next run finds in the store and goes on with.
/// </summary>
public sealed partial class LocalJobRunner(JobServices jobs, LocalJobRunnerOptions options, TimeProvider time, ILogger<LocalJobRunner> logger) : IJobLauncher, IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, RunningJob> _running = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stop = new();
    private readonly ItemSlots _slots = new(options.Validated().ParallelItems);
    private readonly Lock _launching = new();

    /// <summary>Begins a job, or wakes it. Beyond the bound it stays written down, and a later sweep begins it.</summary>
    public ValueTask LaunchAsync(string jobId, JobKind kind, CancellationToken cancellationToken)
    {
        lock (_launching)
        {
            if (_running.TryGetValue(jobId, out var known))
            {
                known.Wake();
            }
            else if (!_stop.IsCancellationRequested && _running.Count < options.MaxJobs)
            {
                var job = new RunningJob(jobId, kind, time);
                _running[jobId] = job;
                job.Task = Task.Run(() => RunAsync(job), CancellationToken.None);
            }
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>Stops: calls under way are given up and their items freed.</summary>
    public async ValueTask DisposeAsync()
    {
        Task[] tasks;
        if (_stop.IsCancellationRequested)
            return;
        await _stop.CancelAsync();
        lock (_launching)
            tasks = [.. _running.Values.Select(static job => job.Task)];
        await Task.WhenAll(tasks);
        _slots.Dispose();
        _stop.Dispose();
    }

    private async Task RunAsync(RunningJob job)
    {
        var wait = options.FirstFailureWait;
        try
        {
            while (true)
            {
                try
                {
                    await new JobRun(jobs.Steps, _slots, job, options, time, logger).RunAsync(_stop.Token);
                    return;
                }
                catch (Exception failure) when (!_stop.IsCancellationRequested)
                {
                    if (failure is not TableStoreUnavailableException)
                    {
                        // The store answers, so the router is at fault: that is counted, and ends.
                        if (await NoteFaultAsync(job.Id, failure, wait) is not { Again: { } longer } noted)
                            return;
                        LogFailed(failure, job.Id, longer.TotalSeconds);
                        if (options.IsLeftToSweep(noted))
                            return;
                        // To its end: the sweep wakes what sleeps, and would spend the tries within minutes.
                        await Task.Delay(longer, time, _stop.Token);
                        continue;
                    }

                    LogWaiting(job.Id, wait.TotalSeconds, failure.Message);
                    await job.WaitAsync(wait, _stop.Token);
                    wait = 2 * wait < options.MaxFailureWait ? 2 * wait : options.MaxFailureWait;
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The next run goes on with it.
        }
        finally
        {
            lock (_launching)
                _running.TryRemove(job.Id, out _);
            job.Dispose();
        }
    }

    private async Task<StepResult> NoteFaultAsync(string jobId, Exception fault, TimeSpan wait)
    {
        try
        {
            return await jobs.Steps.NoteFaultAsync(jobId, _stop.Token);
        }
        catch (Exception failure) when (!_stop.IsCancellationRequested)
        {
            LogNotNoted(failure, jobId, fault.Message);
            return StepResult.After(wait);
        }
    }

    [LoggerMessage(2, LogLevel.Warning, "That the job {JobId} met a fault could not be taken down: {Fault}")]
    private partial void LogNotNoted(Exception failure, string jobId, string fault);

    [LoggerMessage(3, LogLevel.Warning, "The job {JobId} could not go on; it is tried again in {WaitSeconds} s. {Reason}")]
    private partial void LogWaiting(string jobId, double waitSeconds, string reason);

    [LoggerMessage(1, LogLevel.Warning, "The job {JobId} could not go on; it is tried again in {WaitSeconds} s")]
    private partial void LogFailed(Exception failure, string jobId, double waitSeconds);
}
