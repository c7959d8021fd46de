using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using ServerlessRouter.Dispatch;
using ServerlessRouter.Jobs.Steps;
using ServerlessRouter.State;

namespace ServerlessRouter.Jobs.Local;

/// <summary>Carries out the steps of one job from wherever it stands to its end.</summary>
internal sealed partial class JobRun(JobSteps steps, ItemSlots slots, RunningJob job, LocalJobRunnerOptions options, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan FailedItemWait = TimeSpan.FromSeconds(2);

    public async Task RunAsync(CancellationToken stop)
    {
        await steps.TakeOverAsync(job.Id, stop);
        var prepared = await steps.PrepareAsync(job.Id, stop);
        if (job.Kind == JobKind.Request)
            await RunRequestAsync(stop);
        else
            await RunChunksAsync(prepared.Chunks, stop);
        while (await steps.FinishAsync(job.Id, stop) is { Again: { } wait } result && !options.IsLeftToSweep(result))
            await job.WaitAsync(wait, stop);
    }

    /// <summary>One decided step after the other; a wait holds no slot, and ends early when the job is woken.</summary>
    private async Task RunRequestAsync(CancellationToken stop)
    {
        var state = await slots.RunAsync(token => steps.LookAtRequestAsync(job.Id, token), stop);
        while (!state.IsOver)
        {
            var (before, step) = (state, state.Next(time.GetUtcNow()));
            if (step.Kind == DispatchStepKind.Wait)
                await job.WaitAsync(step.Within, stop);
            state = await slots.RunAsync(
                token => step.Kind == DispatchStepKind.Wait ? steps.LookAtRequestAsync(job.Id, token) : steps.StepRequestAsync(before.Order(step), token), stop);
        }
    }

    private async Task RunChunksAsync(int count, CancellationToken stop)
    {
        var open = Enumerable.Range(0, count).ToList();
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.ParallelChunks, CancellationToken = stop };
        while (open.Count > 0)
        {
            var waits = new ConcurrentDictionary<int, TimeSpan>();
            await Parallel.ForEachAsync(open, parallel, async (chunk, cancellationToken) =>
            {
                if (await RunChunkAsync(new ChunkRef(job.Id, chunk), cancellationToken) is { Again: { } wait })
                    waits[chunk] = wait;
            });
            open.RemoveAll(chunk => !waits.ContainsKey(chunk));
            if (open.Count > 0)
                await job.WaitAsync(waits.Values.Min(), stop);
        }
    }

    /// <summary>Every item that may run now; done once all have ended and the chunk is settled.</summary>
    private async ValueTask<StepResult> RunChunkAsync(ChunkRef chunk, CancellationToken stop)
    {
        while (await steps.RemainingAsync(chunk, stop) is { Items: { Length: > 0 } items })
        {
            var waits = new ConcurrentBag<TimeSpan>();
            var parallel = new ParallelOptions { MaxDegreeOfParallelism = slots.Count, CancellationToken = stop };
            await Parallel.ForEachAsync(items, parallel, async (item, cancellationToken) =>
            {
                if (await slots.RunAsync(token => RunItemAsync(new ItemRef(job.Id, item), token), cancellationToken) is { Again: { } wait })
                    waits.Add(wait);
            });
            if (!waits.IsEmpty)
                return StepResult.After(waits.Min());
        }

        return await steps.SettleChunkAsync(chunk, stop);
    }

    /// <summary>A failure, the store's above all, must not cancel the calls of other items.</summary>
    private async ValueTask<StepResult> RunItemAsync(ItemRef item, CancellationToken stop)
    {
        try
        {
            return await steps.RunItemAsync(item, stop);
        }
        catch (TableStoreUnavailableException) when (!stop.IsCancellationRequested)
        {
            // The store tells of its outage once, for all items.
            return StepResult.After(FailedItemWait);
        }
        catch (Exception failure) when (!stop.IsCancellationRequested)
        {
            LogItemFailed(failure, item.JobId, item.Index, FailedItemWait.TotalSeconds);
            return StepResult.After(FailedItemWait);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "The item {Index} of the job {JobId} could not be dealt with; it is looked at again in {WaitSeconds} s")]
    private partial void LogItemFailed(Exception failure, string jobId, int index, double waitSeconds);
}
