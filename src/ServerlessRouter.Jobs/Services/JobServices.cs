using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using ServerlessRouter.Background;
using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using ServerlessRouter.Jobs.Queue;
using ServerlessRouter.Jobs.Steps;
using ServerlessRouter.Jobs.Storage;
using ServerlessRouter.Jobs.Webhooks;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Recording.Usage;
using ServerlessRouter.State;
using ServerlessRouter.Webhooks;

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
    private readonly BudgetWebhooks _budgets;

    /// <summary>Wires them.</summary>
    public JobServices(JobServicesOptions given)
    {
        var (models, pipeline, options, time, random) = (given.Models, given.Pipeline, given.Jobs.Validated(), given.Time, given.Random);
        _sender = new WebhookSender(models, given.Resolver ?? SystemHostResolver.Instance, time);
        var logger = given.Loggers.CreateLogger<JobServices>();
        _budgets = new BudgetWebhooks(models, _sender, logger);
        pipeline = new ScopedPipeline(pipeline, logger);
        var storage = new JobStorage(given.Store, new StorageQuota(given.Storage, models), options, time, random);
        var ending = new JobEnding(storage);
        var erasure = new JobErasure(storage);
        var chunks = new ChunkStep(storage, given.Usage ?? new UsageParts(given.Store, new UsageOptions(), time), options, time);
        var input = new ItemInput(storage.Content);
        UnderWay = new TurnsUnderWay(storage.Jobs, options, time);
        var tries = new ItemTries(
            new ItemLease(storage.Items, given.InstanceName, options, time, random),
            new TrySchedule(options, time, random),
            new ItemFaults(storage.Items, options, time, logger),
            new ChunkProgress(storage, options, time),
            UnderWay);
        var submission = new JobSubmission(storage, models, options, time, random);
        Files = storage.Files;
        Responses = storage.Responses;
        IsDurable = given.Storage is not { IsInMemory: true };
        Desk = new JobApi(this, storage, submission, erasure, time, logger);
        Queue = new QueueIntake(this, submission, models);
        var complete = new CompleteStep(storage, chunks, ending, options, time);
        Steps = new JobSteps(
            new PrepareStep(storage, ending, models, time),
            chunks,
            new ItemStep(models, storage, new ItemRun(models, pipeline, input, time, logger), tries, options, time),
            new RequestStep(models, storage, new RequestRun(models, pipeline, input, storage.Content, options, time), tries, options, time),
            complete,
            new ExportStep(_host, storage, ending, options, time, logger),
            new DeliverStep(storage.Jobs, _sender, ending, options, time),
            new SweepStep(_host, storage, ending, erasure, options, time),
            new RetainStep(storage, erasure, time),
            new TakeOverStep(storage, given.InstanceName),
            new FaultStep(storage.Jobs, complete, ending, options, time, logger));
        Sweep = new PeriodicStep(SweepName, SweepInterval, SweepInterval, cancellationToken => ToEndAsync(Steps.SweepAsync, cancellationToken));
        Retention = new PeriodicStep(RetentionName, RetentionInterval, RetentionTimeout, cancellationToken => ToEndAsync(Steps.RetainAsync, cancellationToken));
    }

    /// <summary>Wires them over a router that has not started, and gives it the work beside requests. The host disposes of them, after the router.</summary>
    public static JobServices Over(RouterServices router, JobOptions? options = null)
    {
        var given = router.Options;
        var jobs = new JobServices(new JobServicesOptions
        {
            Store = router.Store,
            Models = router.Models,
            Pipeline = router.Pipeline,
            InstanceName = router.InstanceName,
            Jobs = options ?? new JobOptions(),
            Time = given.Time,
            Random = given.Random,
            Loggers = given.Loggers,
            Storage = StorageOf(router),
            Usage = router.Books.Parts,
            Resolver = given.Resolver,
        });
        router.Work.Add(jobs.Sweep);
        router.Work.Add(jobs.Retention);
        router.Work.Add(jobs._budgets.Step);
        router.BudgetReached += jobs._budgets.Take;
        jobs.Queue.Refused = new QueueAlerts(router.Alerts, given.Time).Take;
        return jobs;
    }

    public JobApi Desk { get; }

    public JobFiles Files { get; }

    /// <summary>Answers that callers go on from.</summary>
    public StoredResponses Responses { get; }

    /// <summary>What is kept outlives this process.</summary>
    public bool IsDurable { get; }

    public JobSteps Steps { get; }

    /// <summary>The turns that this instance carries out for single requests.</summary>
    internal TurnsUnderWay UnderWay { get; }

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

/// <summary>What jobs are wired over.</summary>
public sealed record JobServicesOptions
{
    /// <summary>Takes in what jobs use; null makes one over the store.</summary>
    internal UsageParts? Usage { get; init; }

    /// <summary>What outlives this instance and what all instances share.</summary>
    public required ITableStore Store { get; init; }

    /// <summary>The configuration, now and after each reload.</summary>
    public required RouterModelSource Models { get; init; }

    /// <summary>What answers the requests of jobs.</summary>
    public required IRouterPipeline Pipeline { get; init; }

    /// <summary>Names this instance in leases; must be unique among those over one store.</summary>
    public required string InstanceName { get; init; }

    /// <summary>How jobs are run and how long they are remembered.</summary>
    public JobOptions Jobs { get; init; } = new();

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public IRandomSource Random { get; init; } = SystemRandomSource.Instance;

    public ILoggerFactory Loggers { get; init; } = NullLoggerFactory.Instance;

    /// <summary>Finds the addresses of callbacks; null asks the system.</summary>
    public IHostResolver? Resolver { get; init; }

    /// <summary>What the store takes of this machine; null where a service keeps it.</summary>
    public LocalStorage? Storage { get; init; }
}
