using Microsoft.Extensions.Logging;
using ServerlessRouter.Background;
using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using ServerlessRouter.Jobs.Steps;
using ServerlessRouter.Jobs.Storage;
using ServerlessRouter.Jobs.Webhooks;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Recording.Usage;
using ServerlessRouter.State;

namespace ServerlessRouter.Jobs.Services;

/// <summary>Batches and requests that are answered later, wired over one store: what endpoints and engines work with.</summary>
public sealed class JobServices : IDisposable
{
    /// <summary>The name of <see cref="Sweep"/>.</summary>
    public const string SweepName = "jobs";

    /// <summary>The name of <see cref="Retention"/>.</summary>
    public const string RetentionName = "retention";

    private static readonly TimeSpan SweepInterval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan RetentionInterval = TimeSpan.FromHours(1);
    private static readonly TimeSpan RetentionTimeout = TimeSpan.FromMinutes(10);

    private readonly JobHost _host = new();
    private readonly WebhookSender _sender;

    /// <summary>Wires them. <paramref name="instanceName"/> names this instance in leases; <paramref name="storage"/> is for a store on this machine.</summary>
    public JobServices(
        ITableStore store,
        RouterModelSource models,
        IRouterPipeline pipeline,
        JobOptions options,
        string instanceName,
        TimeProvider time,
        IRandomSource random,
        ILoggerFactory loggers,
        IHostResolver? resolver = null,
        LocalStorage? storage = null)
    {
        _sender = new WebhookSender(models, resolver ?? SystemHostResolver.Instance, time);
        var logger = loggers.CreateLogger<JobServices>();
        var content = new JobContent(store);
        var index = new JobIndex(store);
        var jobs = new JobStore(store);
        var items = new JobItems(store, content, time);
        var ending = new JobEnding(store, index);
        var erasure = new JobErasure(store, content, index);
        var chunks = new ChunkStep(jobs, items, content, new UsageParts(store), options, time);
        var input = new ItemInput(content);
        var tries = new TrySchedule(options, time, random);
        var faults = new ItemFaults(items, options, time, logger);
        var lease = new ItemLease(items, options, time);
        var progress = new ChunkProgress(jobs, items, options, time);

        var quota = new StorageQuota(storage, models);
        Files = new JobFiles(store, content, index, options, time, random, quota);
        var submission = new JobSubmission(store, jobs, Files, content, index, models, quota, options, time, random);
        Desk = new JobDesk(this, jobs, items, index, submission, erasure, time, logger);
        Queue = new QueueIntake(this, submission, models);
        var complete = new CompleteStep(jobs, Files, chunks, ending, options, time);
        Steps = new JobSteps(
            new PrepareStep(jobs, items, content, index, ending, models, time),
            chunks,
            new ItemStep(models, jobs, items, new ItemRun(models, pipeline, input, time, logger), lease, tries, faults, progress, options, time, random, instanceName),
            new RequestStep(models, jobs, items, new RequestRun(models, pipeline, input, content, options, time), lease, tries, faults, progress, options, time, random, instanceName),
            complete,
            new ExportStep(_host, jobs, Files, ending, options, time, logger),
            new DeliverStep(jobs, _sender, ending, options, time),
            new SweepStep(store, _host, jobs, index, ending, erasure, options, time),
            new RetainStep(store, jobs, Files, index, erasure, time),
            new TakeOverStep(jobs, items, instanceName),
            new FaultStep(jobs, complete, ending, options, time, logger));
        Sweep = new PeriodicStep(SweepName, SweepInterval, SweepInterval, cancellationToken => ToEndAsync(Steps.SweepAsync, cancellationToken));
        Retention = new PeriodicStep(RetentionName, RetentionInterval, RetentionTimeout, cancellationToken => ToEndAsync(Steps.RetainAsync, cancellationToken));
    }

    /// <summary>Wires them over a router that has not started, and gives it the work beside requests. The host disposes of them, after the router.</summary>
    public static JobServices Over(RouterServices router, JobOptions? options = null)
    {
        var given = router.Options;
        var jobs = new JobServices(router.Store, router.Models, router.Pipeline, options ?? new JobOptions(), router.InstanceName, given.Time, given.Random, given.Loggers, storage: StorageOf(router));
        router.Work.Add(jobs.Sweep);
        router.Work.Add(jobs.Retention);
        return jobs;
    }

    public JobDesk Desk { get; }

    public JobFiles Files { get; }

    public JobSteps Steps { get; }

    /// <summary>Makes batches of a queue's messages.</summary>
    public QueueIntake Queue { get; }

    /// <summary>The host's blobs, for messages; null where it has none.</summary>
    public IJobBlobs? Blobs
    {
        get => _host.Blobs;
        set => _host.Blobs = value;
    }

    /// <summary>Launches what is not under way, every minute.</summary>
    public PeriodicStep Sweep { get; }

    /// <summary>Forgets what is past its time, every hour.</summary>
    public PeriodicStep Retention { get; }

    /// <summary>The host's engine. Until the host sets one, jobs are written down and wait for a sweep that has one.</summary>
    public IJobLauncher Launcher
    {
        get => _host.Launcher;
        set => _host.Launcher = value;
    }

    /// <summary>Closes the connections of callbacks; the engine has ended before.</summary>
    public void Dispose() => _sender.Dispose();

    /// <summary>What jobs take of this machine; null where a service keeps them.</summary>
    private static LocalStorage? StorageOf(RouterServices router) => (router.Options.Store ?? router.Store) is IMeasuredTableStore measured
        ? new LocalStorage(() => StorageQuota.Tables.Sum(measured.LiveBytesOf), IsInMemory: router.Options.Store is null)
        : null;

    private static async ValueTask ToEndAsync(Func<string?, CancellationToken, ValueTask<SweepResult>> turn, CancellationToken cancellationToken)
    {
        string? cursor = null;
        do
            cursor = (await turn(cursor, cancellationToken).ConfigureAwait(false)).Cursor;
        while (cursor is not null);
    }
}
