using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using ServerlessRouter.Admission;
using ServerlessRouter.Alerts;
using ServerlessRouter.Alerts.Delivery;
using ServerlessRouter.Alerts.Sources;
using ServerlessRouter.Audit;
using ServerlessRouter.Background;
using ServerlessRouter.Balancing;
using ServerlessRouter.Caching;
using ServerlessRouter.Checks;
using ServerlessRouter.Classification;
using ServerlessRouter.Configuration;
using ServerlessRouter.Configuration.Stored;
using ServerlessRouter.Dispatch;
using ServerlessRouter.Errors;
using ServerlessRouter.Governance;
using ServerlessRouter.Governance.Enforcement;
using ServerlessRouter.Governance.Leases;
using ServerlessRouter.Health;
using ServerlessRouter.Health.Shared;
using ServerlessRouter.Identity;
using ServerlessRouter.Keys;
using ServerlessRouter.Lessons;
using ServerlessRouter.Logins;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Probes;
using ServerlessRouter.Providers;
using ServerlessRouter.Queueing;
using ServerlessRouter.Recording;
using ServerlessRouter.Recording.Usage;
using ServerlessRouter.Resuming;
using ServerlessRouter.Routing;
using ServerlessRouter.State;
using ServerlessRouter.State.Memory;
using ServerlessRouter.Telemetry;
using ServerlessRouter.Webhooks;

namespace ServerlessRouter;

/// <summary>The router, wired once: what every host serves requests with.</summary>
public sealed class RouterServices : IAsyncDisposable
{
    private static readonly TimeSpan AuditInterval = TimeSpan.FromHours(6);
    private static readonly TimeSpan AuditTimeout = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan SigningKeysPatience = TimeSpan.FromSeconds(3);

    private readonly ProviderRegistry _providers;
    private readonly RouterMetrics _metrics;
    private readonly AlertMetrics _alertMetrics;
    private readonly WebhookSender _alertSender;
    private readonly AlertMessages _alertMessages;
    private readonly ConfigurationAlerts _configurationAlerts;
    private readonly OnlineStatistics _lessons;
    private readonly HealthRegistry _health;
    private readonly IdleProbes _probes;
    private readonly Lazy<ITableStore> _store;
    private readonly ConfigurationFollower? _follower;
    private readonly LeasedLimits _limits;
    private readonly SharedCapacity? _sharedCapacity;
    private readonly BudgetWatch _watch;
    private int _isDisposed;

    // What keeps something for the objects of a configuration, and lets go of it when another takes effect.
    private readonly Action<RouterModel> _follow;

    private RouterServices(RouterServicesOptions options)
    {
        var (time, random, loggers) = (options.Time, options.Random, options.Loggers);
        (Options, Models) = (options, options.Models);
        _providers = new ProviderRegistry(time, random, loggers, options.Credential, options.Faults);
        _metrics = new RouterMetrics(options.Telemetry);
        _lessons = new OnlineStatistics(Models, time);
        _health = new HealthRegistry(new HealthOptions(), time);
        _health.Announce(new HealthLog(loggers.CreateLogger<HealthLog>()));
        InstanceName = options.InstanceName ?? Domain.InstanceName.Create(random);
        Work = new BackgroundWork(time, loggers.CreateLogger<BackgroundWork>());
        _store = new Lazy<ITableStore>(() => OpenStore(options));
        IssuedKeys? keys = null;
        if (options.Store is not null)
        {
            keys = new IssuedKeys(options.Keys, Store, time, loggers.CreateLogger<IssuedKeys>());
            Work.Add(keys.Step);
            Work.Add(new ShadowedKeys(keys, Models, options.Keys, loggers.CreateLogger<ShadowedKeys>()).Step);
            Audit = new AuditLog(Store, time);
            // A configuration that cannot be loaded may say that more is kept.
            Work.Add(new PeriodicStep(
                "audit-retention", AuditInterval, AuditTimeout,
                cancellationToken => UnloadedConfiguration is null ? Audit.EraseAsync(Models.Current.AuditDays, cancellationToken) : ValueTask.CompletedTask));
            Keys = new KeyAdministration(keys, Models, Audit, time, cancellationToken => Work.RunAsync(IssuedKeys.StepName, cancellationToken), ReadLimitAsync);
        }

        var signingKeys = new SigningKeys(Models, time, loggers.CreateLogger<SigningKeys>());
        Work.Add(signingKeys.Step);
        Models.Use(new TokenRing(signingKeys, keys, time));
        if (options.Store is not null && options.StoredConfigurations is { } loader)
        {
            var configurations = new ConfigurationStore(Store, time);
            _follower = new ConfigurationFollower(configurations, loader, Models, new ConfigurationFollowerOptions(), time, loggers.CreateLogger<ConfigurationFollower>());
            Work.Add(_follower.Step);
            Configurations = new ConfigurationAdministration(configurations, loader, cancellationToken => Work.RunAsync(ConfigurationFollower.StepName, cancellationToken), Audit)
            {
                FindTakenAsync = Keys!.FindTakenAsync,
            };
        }

        if (options.Store is not null)
        {
            var sharing = new SharedHealthOptions { InstanceId = InstanceName };
            Work.Add(new SharedHealth(Store, _health, sharing, time, loggers.CreateLogger<SharedHealth>()).Step);
        }

        _alertMetrics = new AlertMetrics();
        Alerts = new AlertDesk(Store, Models, new AlertOptions(), _alertMetrics, time, loggers.CreateLogger<AlertDesk>());
        AlertAdministration = new AlertAdministration(Store, Models, Audit, time);
        Work.Add(Alerts.Step);
        _configurationAlerts = new ConfigurationAlerts(() => UnloadedConfiguration, Models, InstanceName);
        _alertSender = new WebhookSender(Models, options.Resolver ?? SystemHostResolver.Instance, time);
        _alertMessages = new AlertMessages(Alerts, Store, Models, _alertSender, new AlertMessagesOptions(InstanceName, time), loggers.CreateLogger<AlertMessages>());
        Work.Add(_alertMessages.Step);
        Work.Add(AlertAdministration.Retention);
        _limits = new LeasedLimits(Store, new LeaseOptions(), InstanceName, time, loggers.CreateLogger<LeasedLimits>());
        _sharedCapacity = options.IsStoreShared ? new SharedCapacity(_limits, _limits.Demand) : null;
        Work.Add(_limits.Renew);
        Work.Add(WhereLimited(_limits.Presence));
        Work.Add(WhereLimited(_limits.Erase));
        Limits = new LimitReader(_limits, _limits.ReadAsync, time);
        Logins = new LoginBook(Store, time);
        var traffic = new RouteTraffic(Models, time);
        Books = new Accounting(Store, Models, new AccountingOptions { Listener = traffic, Usage = options.Store is null ? UsageOptions.InMemory : new UsageOptions() }, time, random, loggers);
        Work.Add(Books.Settle);
        Work.Add(Books.Flush);
        Work.Add(Books.RollUp);
        Work.Add(Books.Record);
        Work.Add(Books.Retention);
        var balancing = new BalancingStage(_health, random, new BalancingOptions { Region = options.Region });
        var queueing = new QueueingStage(_health, _health, new DeploymentSlots(_sharedCapacity), _metrics, time);
        var watching = new AttemptTelemetryStage(_metrics.Attempts, options.Telemetry, time);
        _metrics.Observe(new DeploymentGauges(Models, _health));
        var attempts = RouterPipeline.ComposeAttempt(balancing, queueing, new HealthStage(_health), watching, new ProvidersStage(_providers, time));
        var runner = new AttemptRunner(attempts, time);
        var filters = new DeploymentFilterSource(_health);
        var sideAttempts = new SideAttempts(runner, filters, time);
        var sideCalls = new SideCalls(sideAttempts);
        Embeddings = options.Embeddings ?? new EmbeddingCalls(sideAttempts);
        var vectors = new RememberedEmbeddings(Embeddings);
        _watch = new BudgetWatch(time, loggers.CreateLogger<BudgetWatch>());
        var budgets = new BudgetAlerts(Alerts, Models, Limits, _watch);
        Alerts.Watch(budgets);
        Alerts.Watch(new BreakerAlerts(_health, Models));
        Alerts.Watch(_configurationAlerts);
        Alerts.Watch(new RouteAlerts(traffic, new TrafficRows(Store, $"{InstanceName}-{time.GetUtcNow().UtcTicks:x}"), Models));
        _watch.Reached += budgets.Take;
        var desk = new LimitDesk(_limits, _watch, random, time);
        var recording = new RecordingStage(time, _metrics, Listeners(options.Listener), loggers.CreateLogger<RecordingStage>());
        var checks = new AnswerCheckTable(AnswerChecks.All(sideCalls));
        var hedging = new HedgeController(_health);
        var steps = new DispatchSteps(runner, new AnswerHealing(new AnswerHealer()), hedging, time, random, loggers.CreateLogger<DispatchStage>());
        var routing = new RoutingStage(new PlanningKnowledge(
            new PredictedQualityEstimator(new TableQualityEstimator()), _lessons.Corrections, _lessons.Lengths, _lessons.Sessions, new LedgerStandings(_limits), _health));
        var cache = AnswerCache.Create(options.Store is null ? null : Store, time, random);
        foreach (var step in cache.Steps)
            Work.Add(step);
        Pipeline = new RouterPipeline(
            [
                new(recording, StagePlace.Outermost) { Decides = false },
                new(new AdmissionStage(), StagePlace.AfterRecording),
                new(new StandingStage(desk), StagePlace.AfterAdmission),
                new(new ClassificationStage(new EmbeddingOpinion(vectors, time), new SecondOpinion(sideCalls, time))),
                new(routing, StagePlace.AfterClassification),
                new(new CachingStage(cache, time), StagePlace.AfterRouting) { Decides = false },
                new(new ReservationStage(desk)),
                new(new DispatchStage(steps, checks, hedging, time)) { Decides = false },
            ],
            options.Stages,
            new ResumingStages(new SettlingStage(recording), new RecallStage(), new RestoreStage(filters), new StepReservationStage(desk), new BeginStage(), new StepStage(steps, checks, time)));
        _follow = _health.Follow;
        _follow += _lessons.Follow;
        _follow += _providers.Follow;
        _follow += balancing.Follow;
        _follow += queueing.Follow;
        _follow += watching.Follow;
        _follow += vectors.Follow;
        _follow += checks.Follow;
        _follow += hedging.Follow;
        _follow += routing.Follow;
        _follow += cache.Follow;
        _follow(Models.Current);
        Models.Changed += _follow;
        _probes = new IdleProbes(runner, _health, Models, Books.Listener, options.Store is null ? null : cancellationToken => Work.RunAsync(SharedHealth.StepName, cancellationToken), time);
        Work.Add(_probes.Step);
    }

    /// <summary>What the host gave it to work with.</summary>
    public RouterServicesOptions Options { get; }

    /// <summary>Answers and plans requests.</summary>
    public IRouterPipeline Pipeline { get; }

    /// <summary>The configuration, now and after each reload.</summary>
    public RouterModelSource Models { get; }

    /// <summary>What is counted of requests.</summary>
    public RouterMetrics Metrics => _metrics;

    /// <summary>Changes the configuration of all instances over one store; null where configuration comes from elsewhere.</summary>
    public ConfigurationAdministration? Configurations { get; }

    /// <summary>Issues keys to callers, for all instances over one store; null where there is none.</summary>
    public KeyAdministration? Keys { get; }

    /// <summary>Who changed what; null where there is no store to keep it in.</summary>
    public AuditLog? Audit { get; }

    /// <summary>Takes what goes wrong, and what does no longer.</summary>
    public AlertDesk Alerts { get; }

    /// <summary>Shows what is wrong, and what was.</summary>
    public AlertAdministration AlertAdministration { get; }

    /// <summary>What is known about every deployment right now.</summary>
    public IDeploymentVitals Vitals => _health;

    /// <summary>Takes grades of answers given lately.</summary>
    public IFeedback Feedback => _lessons;

    /// <summary>Turns texts into vectors.</summary>
    public IEmbeddingSource Embeddings { get; }

    /// <summary>Tells how limits and budgets stand.</summary>
    public LimitReader Limits { get; }

    /// <summary>The sessions of the dashboard.</summary>
    public LoginBook Logins { get; }

    /// <summary>Hears of each budget of which half, four fifths or all is spent. Must not block or throw.</summary>
    public event Action<BudgetMark> BudgetReached
    {
        add => _watch.Reached += value;
        remove => _watch.Reached -= value;
    }

    /// <summary>This instance among those over one store.</summary>
    public string InstanceName { get; }

    /// <summary>What outlives a request: the host's store behind a breaker of its own, or, where the host gave none, tables in memory.</summary>
    public ITableStore Store => _store.Value;

    /// <summary>Who used what, and what became of requests.</summary>
    public Accounting Books { get; }

    /// <summary>What goes on beside the requests. The host starts it with <see cref="StartAsync"/>; a host with timers of its own may take turns as well.</summary>
    public BackgroundWork Work { get; }

    /// <summary>Wires the router.</summary>
    public static RouterServices Create(RouterServicesOptions options) => new(options);

    /// <summary>The stored configuration that should count and that cannot be loaded, as far as this instance has looked; null where there is none.</summary>
    public UnloadedConfiguration? UnloadedConfiguration => _follower?.Unloaded;

    /// <summary>Looks at the stored configuration, before <see cref="StartAsync"/> for a host that does not start without it; false where the store could not be read.</summary>
    public async ValueTask<bool> FollowConfigurationAsync(CancellationToken cancellationToken = default) =>
        _follower is null || await Work.RunAsync(ConfigurationFollower.StepName, cancellationToken);

    /// <summary>Begins the work beside the requests. Once it returns, this instance knows what the others, or the run before it, left in the store, if that can be read.</summary>
    public async ValueTask StartAsync(CancellationToken cancellationToken = default)
    {
        await FollowConfigurationAsync(cancellationToken);
        if (Work.Has(IssuedKeys.StepName))
        {
            await Work.RunAsync(IssuedKeys.StepName, cancellationToken);
            await Work.RunAsync(ShadowedKeys.StepName, cancellationToken);
        }

        if (Models.Current.Entra is not null)
            await LookUpSigningKeysAsync(cancellationToken);
        if (Work.Has(SharedHealth.StepName))
            await Work.RunAsync(SharedHealth.StepName, cancellationToken);
        await Work.RunAsync(LeasedLimits.PresenceName, cancellationToken);
        Work.Start();
        // What the run before could not tell is told now.
        Alerts.Step.Wake();
    }

    /// <summary>An issuer that does not answer holds up no start; it is asked again in the background.</summary>
    private async ValueTask LookUpSigningKeysAsync(CancellationToken cancellationToken)
    {
        using var bound = new CancellationTokenSource(SigningKeysPatience, Options.Time);
        await using var registration = cancellationToken.UnsafeRegister(static bound => ((CancellationTokenSource)bound!).Cancel(), bound);
        try
        {
            await Work.RunAsync(SigningKeys.StepName, bound.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
        }
    }

    /// <summary>Takes note of a configuration that the host has read by itself: of what is wrong with it, or that nothing is.</summary>
    public void NoteConfiguration(string version, ImmutableArray<ConfigurationProblem> errors) => _configurationAlerts.Note(version, errors);

    /// <summary>Looks what is wrong and tells it, now; for hosts with timers of their own.</summary>
    public async ValueTask LookForAlertsAsync(CancellationToken cancellationToken = default)
    {
        await Work.RunAsync(AlertDesk.StepName, cancellationToken);
        // No instance may be there when the time is over in which more is waited for.
        _alertMessages.WaitForNoMore();
        await Work.RunAsync(AlertMessages.StepName, cancellationToken);
    }

    /// <summary>Ends the work beside the requests and closes every upstream connection.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
            return;
        await Work.DisposeAsync();
        if (_sharedCapacity is { } shared)
            await shared.DisposeAsync();
        await _limits.DisposeAsync();
        Models.Changed -= _follow;
        await _providers.DisposeAsync();
        _metrics.Dispose();
        _alertMetrics.Dispose();
        _alertSender.Dispose();
    }

    private ValueTask<LimitStanding> ReadLimitAsync(LimitSubject subject, LimitModel limit, CancellationToken cancellationToken) => _limits.ReadAsync(subject, limit, cancellationToken);

    private RequestListeners Listeners(IRequestListener? further)
    {
        var own = new RequestListeners(_lessons, Books.Listener);
        return further is null ? own : new RequestListeners(own, further);
    }

    /// <summary>Tries deployments that failed and get no requests, where that is due; for hosts with timers of their own.</summary>
    public async ValueTask ProbeAsync(CancellationToken cancellationToken = default) => await Work.RunAsync(IdleProbes.StepName, cancellationToken);

    /// <summary>Asks one question of a few tokens at a deployment, for an owner who looks whether it works. Null when it answered; else why not.</summary>
    public async ValueTask<AttemptFailure?> TryAsync(LanguageModel model, DeploymentModel deployment, TimeSpan within, CancellationToken cancellationToken = default) =>
        (await _probes.CallAsync(Models.Current, (model, deployment), within, told: null, cancellationToken).ConfigureAwait(false)).Failure;

    /// <summary>Asks nothing of the store while no caller is under any limit, and instances share no deployment's capacity.</summary>
    private PeriodicStep WhereLimited(PeriodicStep step) => new(
        step.Name, step.Interval, step.Timeout, cancellationToken => Models.Current.HasLimits || (_sharedCapacity is not null && Models.Current.HasCapacities) ? step.RunAsync(cancellationToken) : ValueTask.CompletedTask) { RunsLast = step.RunsLast };

    private static ITableStore OpenStore(RouterServicesOptions options) => options.Store is { } given
        ? new GuardedTableStore(given, new GuardedTableStoreOptions(), options.Time, options.Loggers.CreateLogger<GuardedTableStore>())
        : new MemoryTableStore(options.Time);
}
