using System.Collections.Concurrent;
using ServerlessRouter.Jobs;
using ServerlessRouter.Jobs.Services;
using ServerlessRouter.Jobs.Steps;

namespace ServerlessRouter.FunctionalTests.Jobs;

/// <summary>The smallest engine of batches: one item after the other.</summary>
internal sealed class OneByOneEngine(JobServices jobs) : IJobLauncher, IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Task> _running = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stop = new();

    public IEnumerable<string> Launched => _running.Keys;

    public bool HasEnded => _stop.IsCancellationRequested;

    public ValueTask LaunchAsync(string jobId, JobKind kind, CancellationToken cancellationToken)
    {
        _running.GetOrAdd(jobId, id => Task.Run(() => RunAsync(id, _stop.Token), CancellationToken.None));
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_running.Values).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    private async Task RunAsync(string jobId, CancellationToken stop)
    {
        var steps = jobs.Steps;
        var prepared = await steps.PrepareAsync(jobId, stop);
        for (var number = 0; number < prepared.Chunks; number++)
        {
            var chunk = new ChunkRef(jobId, number);
            while (await steps.RemainingAsync(chunk, stop) is { Items: { Length: > 0 } items })
            {
                foreach (var item in items)
                    await ToEndAsync(() => steps.RunItemAsync(new ItemRef(jobId, item), stop), stop);
            }

            await ToEndAsync(() => steps.SettleChunkAsync(chunk, stop), stop);
        }

        await ToEndAsync(() => steps.FinishAsync(jobId, stop), stop);
    }

    private static async Task ToEndAsync(Func<ValueTask<StepResult>> step, CancellationToken stop)
    {
        while (await step() is { Again: { } wait })
            await Task.Delay(wait, TimeProvider.System, stop);
    }
}
