using System.Collections.Concurrent;
using ServerlessRouter.Jobs.Storage;

namespace ServerlessRouter.Jobs.Steps;

/// <summary>
/// Breaks off the turn of a single request whose caller takes it back: at once where it is cancelled at the instance that carries the turn out, else when the turn next looks at the job's row.
/// </summary>
internal sealed class TurnsUnderWay(JobStore jobs, JobOptions options, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, CancellationTokenSource> _turns = new(StringComparer.Ordinal);

    /// <summary>Breaks off the turn of a job, if this instance carries one out.</summary>
    public async ValueTask BreakOffAsync(string jobId)
    {
        if (!_turns.TryGetValue(jobId, out var turn))
            return;
        try
        {
            await turn.CancelAsync().ConfigureAwait(false);
        }
        catch (ObjectDisposedException)
        {
            // It has just ended.
        }
    }

    /// <summary>Carries out a turn, whose token fires when the request is taken back. Answers also whether it was.</summary>
    public async ValueTask<(T? Result, bool IsTakenBack)> RunAsync<T>(string jobId, Func<CancellationToken, ValueTask<T>> turn, CancellationToken cancellationToken)
        where T : class
    {
        using var takenBack = new CancellationTokenSource();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(takenBack.Token, cancellationToken);
        using var done = new CancellationTokenSource();
        _turns[jobId] = takenBack;
        var looking = LookAsync(jobId, takenBack, done.Token);
        try
        {
            return (await turn(either.Token).ConfigureAwait(false), takenBack.IsCancellationRequested);
        }
        catch (OperationCanceledException) when (takenBack.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return (null, true);
        }
        finally
        {
            _turns.TryRemove(new(jobId, takenBack));
            await done.CancelAsync().ConfigureAwait(false);
            await looking.ConfigureAwait(false);
        }
    }

    private async Task LookAsync(string jobId, CancellationTokenSource takenBack, CancellationToken done)
    {
        try
        {
            while (!takenBack.IsCancellationRequested)
            {
                await Task.Delay(options.TakenBackRecheck, time, done).ConfigureAwait(false);
                try
                {
                    if (await jobs.FindAsync(jobId, done).ConfigureAwait(false) is { Status: JobStatus.Cancelling })
                        await takenBack.CancelAsync().ConfigureAwait(false);
                }
                catch (Exception failure) when (failure is not OperationCanceledException)
                {
                    // The store is away: the turn goes on, and looks again.
                }
            }
        }
        catch (OperationCanceledException) when (done.IsCancellationRequested)
        {
            // The turn has ended.
        }
    }
}
