using Microsoft.Extensions.Logging;

namespace ServerlessRouter.Background;

/// <summary>A step with its loop; its turns never overlap.</summary>
internal sealed partial class ScheduledStep(PeriodicStep step, TimeProvider time, ILogger logger) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);
    private Task _loop = Task.CompletedTask;
    private bool _isStarted;
    private bool _hasFailed;

    public PeriodicStep Step => step;

    public void Start(CancellationToken stop)
    {
        _isStarted = true;
        _loop = Task.Run(() => RepeatAsync(stop), CancellationToken.None);
    }

    /// <summary>Waits for the loop, which was told to stop, and takes the last turn if the step wants one.</summary>
    public async Task EndAsync()
    {
        await _loop.ConfigureAwait(false);
        if (_isStarted && step.RunsLast)
            await RunAsync(CancellationToken.None).ConfigureAwait(false);
    }

    /// <summary>One turn. False when it failed.</summary>
    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            using var bound = new CancellationTokenSource(step.Timeout, time);
            using var registration = cancellationToken.UnsafeRegister(static bound => ((CancellationTokenSource)bound!).Cancel(), bound);
            await step.RunAsync(bound.Token).ConfigureAwait(false);
            Succeeded();
            return true;
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            Failed(failure);
            return false;
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private async Task RepeatAsync(CancellationToken stop)
    {
        await using var timer = time.CreateTimer(static step => ((PeriodicStep)step!).Wake(), step, step.Interval, step.Interval);
        try
        {
            while (true)
            {
                await step.NextAsync(stop).ConfigureAwait(false);
                await RunAsync(stop).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
    }

    private void Succeeded()
    {
        if (_hasFailed)
            LogRecovered(step.Name);
        _hasFailed = false;
    }

    // An outage fails every turn: the first is told, the others only to who looks for them.
    private void Failed(Exception failure)
    {
        if (failure is OperationCanceledException)
            LogTimedOut(_hasFailed ? LogLevel.Debug : LogLevel.Warning, step.Name, step.Timeout.TotalSeconds, step.Interval.TotalSeconds);
        else
            LogFailed(_hasFailed ? LogLevel.Debug : LogLevel.Warning, failure, step.Name, step.Interval.TotalSeconds);
        _hasFailed = true;
    }

    [LoggerMessage(EventId = 1, Message = "The background step {Step} failed; it is tried again every {IntervalSeconds} s")]
    private partial void LogFailed(LogLevel level, Exception failure, string step, double intervalSeconds);

    [LoggerMessage(EventId = 2, Message = "The background step {Step} took longer than {TimeoutSeconds} s and was given up; it is tried again every {IntervalSeconds} s")]
    private partial void LogTimedOut(LogLevel level, string step, double timeoutSeconds, double intervalSeconds);

    [LoggerMessage(3, LogLevel.Information, "The background step {Step} works again")]
    private partial void LogRecovered(string step);
}
