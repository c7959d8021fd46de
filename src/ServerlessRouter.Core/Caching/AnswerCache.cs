using ServerlessRouter.Background;
using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using ServerlessRouter.State;

namespace ServerlessRouter.Caching;

/// <summary>The kept answers of this instance and, where there is a store, of all over it.</summary>
/// <param name="shared">Those of all instances; null where there is no store.</param>
/// <param name="time">The clock.</param>
internal sealed class AnswerCache(SharedEntries? shared, TimeProvider time)
{
    private readonly ConfigurationTable<RouteModel, MemoryEntries> _routes = new();

    /// <summary>For requests that ask on routes that say nothing of a cache, however many there are.</summary>
    private readonly MemoryEntries _asked = new(CacheModel.DefaultMaxBytes);

    public static AnswerCache Create(ITableStore? store, TimeProvider time, IRandomSource random) => new(store is null ? null : new SharedEntries(store, time, random), time);

    /// <summary>Other instances' answers are within reach.</summary>
    public bool IsShared => shared is not null;

    /// <summary>Requests under way.</summary>
    public Flights Flights { get; } = new(time);

    /// <summary>What is to be done beside the requests; nothing without a store.</summary>
    public IEnumerable<PeriodicStep> Steps => shared is null ? [] : [shared.WriteStep, shared.ExpiryStep];

    /// <summary>Drops the answers of routes that this configuration does not have; another configuration begins with none.</summary>
    public void Follow(RouterModel router) => _routes.KeepOnly(router.Targets.Values);

    /// <summary>The answer that this instance has in memory; null without one.</summary>
    public CachedAnswer? Find(RouteModel route, CacheKey key) => EntriesOf(route).TryFind(key, time.GetUtcNow(), out var answer) ? answer : null;

    /// <summary>The answer that the store has; null without one, and where the store is late or away.</summary>
    public async ValueTask<CachedAnswer?> FindSharedAsync(RouteModel route, CacheKey key, CancellationToken cancellationToken)
    {
        if (shared is null || await shared.FindAsync(key, cancellationToken).ConfigureAwait(false) is not { } found)
            return null;
        EntriesOf(route).Put(key, found);
        return found;
    }

    /// <summary>Keeps a copy of the answer.</summary>
    public void Put(RouteModel route, CacheKey key, CachedAnswer answer)
    {
        EntriesOf(route).Put(key, answer);
        shared?.Put(key, answer.Owned());
    }

    public void Remove(RouteModel route, CacheKey key)
    {
        EntriesOf(route).Remove(key);
        shared?.Remove(key);
    }

    private MemoryEntries EntriesOf(RouteModel route) =>
        route.Cache is null ? _asked : _routes.Of(route, static route => new MemoryEntries(route.Cache!.MaxBytes));
}
