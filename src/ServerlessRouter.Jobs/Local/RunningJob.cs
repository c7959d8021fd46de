using ServerlessRouter.Domain;

namespace ServerlessRouter.Jobs.Local;

/// <summary>A job that has a task, and what wakes it from a wait.</summary>
internal sealed class RunningJob(string id, JobKind kind, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _awake = new(0, 1);

    public string Id => id;

    public JobKind Kind => kind;

    public Task Task { get; set; } = Task.CompletedTask;

    /// <summary>Ends its wait, or the next one; one caller at a time.</summary>
    public void Wake()
    {
        if (_awake.CurrentCount == 0)
            _awake.Release();
    }

    /// <summary>Waits at least that long, or until it is woken.</summary>
    public async Task WaitAsync(TimeSpan wait, CancellationToken cancellationToken)
    {
        using var over = new CancellationTokenSource(TimerSpan.RoundUp(wait), time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(over.Token, cancellationToken);
        try
        {
            await _awake.WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Slept enough.
        }
    }

    public void Dispose() => _awake.Dispose();
}
