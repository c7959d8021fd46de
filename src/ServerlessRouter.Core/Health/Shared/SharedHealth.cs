using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using ServerlessRouter.Background;
using ServerlessRouter.State;

namespace ServerlessRouter.Health.Shared;

/// <summary>
/// Keeps one truth about breakers among all instances, in the table store: each publishes its own transitions at once, follows the others' at every refresh, and probes
/// a shared opening only under a lease, so that exactly one instance does. While the store is down every instance goes on alone.
/// </summary>
public sealed partial class SharedHealth : IHealthEvents
{
    /// <summary>The name of <see cref="Step"/>.</summary>
    public const string StepName = "health";

    private readonly ITableStore _store;
    private readonly HealthRegistry _registry;
    private readonly SharedHealthOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<SharedHealth> _logger;
    private readonly HealthPublisher _publisher;
    private readonly ConcurrentDictionary<string, HealthNews> _news = new(StringComparer.Ordinal);
    private readonly Func<string, bool> _hasNews;
    private volatile HashSet<string> _rowsSeen = [];
    private bool _isAlone;

    /// <summary>Shares what the registry learns, whenever <see cref="Step"/> takes a turn.</summary>
    public SharedHealth(ITableStore store, HealthRegistry registry, SharedHealthOptions options, TimeProvider time, ILogger<SharedHealth> logger)
    {
        _store = store;
        _registry = registry;
        _options = options.Validated();
        _time = time;
        _logger = logger;
        _publisher = new HealthPublisher(store, options, time);
        _hasNews = _news.ContainsKey;
        // The round has its own, shorter bound, behind which it goes on alone.
        Step = new PeriodicStep(StepName, options.RefreshInterval, 2 * options.StoreTimeout, SyncAsync) { RunsLast = true };
        registry.Announce(this);
    }

    /// <summary>One round: read everyone's rows, publish own news, follow, and take the lease of a probe that is wanted here. News ask for a turn at once.</summary>
    public PeriodicStep Step { get; }

    /// <inheritdoc/>
    public void OnOpened(string deploymentId, BreakerCause cause, TimeSpan length)
    {
        // It would be over before anyone read of it, unless a row says something else already.
        if (length < _options.RefreshInterval && !_rowsSeen.Contains(deploymentId))
            return;
        var now = _time.GetUtcNow();
        Tell(deploymentId, new HealthNews(cause, now + length, now));
    }

    /// <inheritdoc/>
    public void OnClosed(string deploymentId) => Tell(deploymentId, new HealthNews(null, default, _time.GetUtcNow()));

    internal async ValueTask SyncAsync(CancellationToken cancellationToken)
    {
        using var bound = new CancellationTokenSource(_options.StoreTimeout, _time);
        using var registration = cancellationToken.UnsafeRegister(static bound => ((CancellationTokenSource)bound!).Cancel(), bound);
        try
        {
            var rows = await ReadAsync(bound.Token).ConfigureAwait(false);
            _rowsSeen = [.. rows.Keys];
            foreach (var health in _registry.All)
            {
                rows.Remove(health.Id, out var row);
                await SyncAsync(health, row, bound.Token).ConfigureAwait(false);
            }

            foreach (var row in rows.Values)
                await ForgetAsync(row, bound.Token).ConfigureAwait(false);
            if (_isAlone)
                TogetherAgain(_logger);
            _isAlone = false;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            GoAlone(exception);
        }
    }

    private void Tell(string deploymentId, HealthNews news)
    {
        _news[deploymentId] = news;
        Step.Wake();
    }

    private async Task<Dictionary<string, HealthRow>> ReadAsync(CancellationToken cancellationToken)
    {
        var rows = new Dictionary<string, HealthRow>(StringComparer.Ordinal);
        await foreach (var entity in _store.QueryAsync(HealthRow.Table, TableQuery.InPartition(HealthRow.Partition), cancellationToken).ConfigureAwait(false))
        {
            var row = HealthRow.Read(entity);
            rows[row.DeploymentId] = row;
        }

        return rows;
    }

    private async Task SyncAsync(DeploymentHealth health, HealthRow? row, CancellationToken cancellationToken)
    {
        if (_news.TryGetValue(health.Id, out var news))
        {
            (var isPublished, row) = await _publisher.PublishAsync(health.Id, news, health.Breaker.Openings, row, cancellationToken).ConfigureAwait(false);
            if (!isPublished)
                return;
            // Only what was published: a newer transition waits for the next round.
            _news.TryRemove(KeyValuePair.Create(health.Id, news));
        }

        var now = _time.GetUtcNow();
        var opening = row is null ? null : new SharedOpening(row.OpenUntil, row.Cause, row.Openings, row.IsLeasedBy(_options.InstanceId, now)) { Prober = row.LeaseOwner.Length > 0 && row.LeaseUntil > now ? row.LeaseOwner : null };
        health.Follow(opening, now, _hasNews);
        if (row is not null)
            await LeaseAsync(health, row, cancellationToken).ConfigureAwait(false);
    }

    private async Task LeaseAsync(DeploymentHealth health, HealthRow row, CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        var isOurs = row.IsLeasedBy(_options.InstanceId, now);
        var mayTake = health.Breaker.IsWanted && (isOurs || row.LeaseOwner.Length == 0 || row.LeaseUntil <= now);
        var mustRenew = isOurs && health.Breaker.IsProbing && row.LeaseUntil - now < _options.ProbeLease / 2;
        if (row.OpenUntil > now || !(mayTake || mustRenew))
            return;

        // The lease counts from before it is asked for: however late the store answers, the grant ends no later than the others believe.
        var grantedUntil = _time.GetTimestamp() + (long)(_options.ProbeLease.TotalSeconds * _time.TimestampFrequency);
        if (await _publisher.LeaseAsync(row, now + _options.ProbeLease, cancellationToken).ConfigureAwait(false))
            health.Breaker.Grant(grantedUntil);
    }

    private async Task ForgetAsync(HealthRow row, CancellationToken cancellationToken)
    {
        if (_time.GetUtcNow() - row.OpenUntil > _options.Retention)
            await _store.WriteAsync(HealthRow.Table, row.ToDelete(), cancellationToken).ConfigureAwait(false);
    }

    private void GoAlone(Exception exception)
    {
        if (!_isAlone)
            Alone(_logger, exception);
        _isAlone = true;
        foreach (var health in _registry.All)
            health.Breaker.Unshare();
    }

    [LoggerMessage(1, LogLevel.Warning, "The store of shared health cannot be reached; this instance decides alone about breakers")]
    private static partial void Alone(ILogger logger, Exception exception);

    [LoggerMessage(2, LogLevel.Information, "The store of shared health is back; breakers are shared again")]
    private static partial void TogetherAgain(ILogger logger);
}
