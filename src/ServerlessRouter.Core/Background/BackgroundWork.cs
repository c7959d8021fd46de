using Microsoft.Extensions.Logging;
using ServerlessRouter.State;

namespace ServerlessRouter.Background;

/// <summary>
/// The one place where work goes on that no request waits for: every step has a loop of its own, a bound in time and an entry in the log when it fails, and all of it has
/// ended when this is disposed. Hosts with timers of their own call the same steps with <see cref="RunAsync"/>.
/// </summary>
public sealed class BackgroundWork(TimeProvider time, ILogger<BackgroundWork> logger) : IAsyncDisposable
{
    private readonly List<ScheduledStep> _steps = [];
    private readonly CancellationTokenSource _stop = new();
    private bool _isStarted;
    private int _isDisposed;

    /// <summary>The steps there are, by name.</summary>
    public IEnumerable<string> Steps => _steps.Select(static scheduled => scheduled.Step.Name);

    public bool Has(string name) => Find(name) is not null;

    /// <summary>Takes on a step; before the start.</summary>
    public void Add(PeriodicStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        if (_isStarted)
            throw new InvalidOperationException($"The step '{step.Name}' comes too late: the work has started.");
        if (Has(step.Name))
            throw new ArgumentException($"There is a step '{step.Name}' already.", nameof(step));
        _steps.Add(new ScheduledStep(step, time, logger));
    }

    /// <summary>Begins the loops.</summary>
    public void Start()
    {
        if (_isStarted)
            return;
        _isStarted = true;
        foreach (var step in _steps)
            step.Start(_stop.Token);
    }

    /// <summary>Takes one turn of a step now, after the one under way if there is one. False when it failed, which the log tells.</summary>
    /// <exception cref="ArgumentException">There is no such step.</exception>
    public Task<bool> RunAsync(string name, CancellationToken cancellationToken = default) =>
        Find(name) is { } step
            ? step.RunAsync(cancellationToken)
            : throw new ArgumentException($"There is no step '{name}'; there are {string.Join(", ", Steps)}.", nameof(name));

    /// <summary>Stops the loops, waits for the turns under way, and takes the last turns of the steps that want one.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
            return;
        await _stop.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(_steps.Select(static step => step.EndAsync())).ConfigureAwait(false);
        foreach (var step in _steps)
            step.Dispose();
        _stop.Dispose();
    }

    private ScheduledStep? Find(string name) => _steps.Find(known => known.Step.Name == name);
}

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
        else if (failure is TableStoreUnavailableException)
            LogNoStorage(_hasFailed ? LogLevel.Debug : LogLevel.Warning, step.Name, step.Interval.TotalSeconds, failure.Message);
        else
            LogFailed(_hasFailed ? LogLevel.Debug : LogLevel.Warning, failure, step.Name, step.Interval.TotalSeconds);
        _hasFailed = true;
    }

    [LoggerMessage(EventId = 1, Message = "The background step {Step} failed; it is tried again every {IntervalSeconds} s")]
    private partial void LogFailed(LogLevel level, Exception failure, string step, double intervalSeconds);

    [LoggerMessage(EventId = 4, Message = "The background step {Step} failed; it is tried again every {IntervalSeconds} s. {Reason}")]
    private partial void LogNoStorage(LogLevel level, string step, double intervalSeconds, string reason);

    [LoggerMessage(EventId = 2, Message = "The background step {Step} took longer than {TimeoutSeconds} s and was given up; it is tried again every {IntervalSeconds} s")]
    private partial void LogTimedOut(LogLevel level, string step, double timeoutSeconds, double intervalSeconds);

    [LoggerMessage(3, LogLevel.Information, "The background step {Step} works again")]
    private partial void LogRecovered(string step);
}
