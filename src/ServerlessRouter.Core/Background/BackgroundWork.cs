using Microsoft.Extensions.Logging;

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
