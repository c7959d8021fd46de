using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ServerlessRouter.Configuration.Loading;
using ServerlessRouter.Jobs;
using ServerlessRouter.Jobs.Services;

namespace ServerlessRouter.Http.Hosting;

/// <summary>Starts the router before the application's server listens and ends it once that has answered its last request.</summary>
public sealed class RouterHost : IHostedLifecycleService, IAsyncDisposable
{
    private readonly RouterServices _router;
    private readonly JobServices _jobs;
    private readonly IJobLauncher _engine;
    private readonly ConfigurationFile? _file;

    public RouterHost(RouterServices router, JobServices jobs, IJobLauncher engine, RouterConfiguration configuration)
    {
        var (time, loggers) = (router.Options.Time, router.Options.Loggers);
        (_router, _jobs, _engine) = (router, jobs, engine);
        jobs.Launcher = engine;
        _file = configuration.Path is { } path
            ? new ConfigurationFile(path, configuration.Loader, configuration.Models, time, loggers.CreateLogger<ConfigurationFile>())
            {
                CheckAsync = router.Keys is { } keys ? keys.FindConflictsAsync : null,
                Read = router.NoteConfiguration,
            }
            : null;
    }

    /// <summary>Reads what other instances, or the run before, left in the store, and begins the work beside the requests.</summary>
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        await _router.StartAsync(cancellationToken);
        _file?.Start();
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Goes on with the jobs that the run before left unfinished.</summary>
    public async Task StartedAsync(CancellationToken cancellationToken) => await _router.Work.RunAsync(JobServices.SweepName, cancellationToken);

    /// <inheritdoc/>
    public Task StoppingAsync(CancellationToken cancellationToken) => _file?.DisposeAsync().AsTask() ?? Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppedAsync(CancellationToken cancellationToken) => DisposeAsync().AsTask();

    /// <summary>Gives up the requests of jobs for the next run, brings what is in memory to the store, and closes every upstream connection.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_file is not null)
            await _file.DisposeAsync();
        if (_engine is IAsyncDisposable engine)
            await engine.DisposeAsync();
        await _router.DisposeAsync();
        _jobs.Dispose();
    }
}
