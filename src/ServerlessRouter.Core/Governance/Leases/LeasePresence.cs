using System.Globalization;
using ServerlessRouter.State;

namespace ServerlessRouter.Governance.Leases;

/// <summary>
/// Shows the other instances that this one lives, and finds those that do so no more. Whether a sign of life is new is told by its ETag and timed by this instance's own stopwatch, so clocks that are wrong
/// kill no instance.
/// </summary>
internal sealed class LeasePresence
{
    /// <summary>What an instance waits for.</summary>
    private const string Wanted = "Wanted";

    private readonly ITableStore _store;
    private readonly LeaseState _state;
    private readonly LeaseDemand _demand;
    private readonly LeaseReconciler _reconciler;
    private readonly Dictionary<string, (string ETag, long Since)> _seen = new(StringComparer.Ordinal);
    private volatile bool _isAnnounced;
    private DateTimeOffset _writtenAt;

    /// <summary>Under a name that no run of the instance had before.</summary>
    public LeasePresence(ITableStore store, string instance, LeaseState state, LeaseDemand demand)
    {
        (_store, _state, _demand) = (store, state, demand);
        _reconciler = new LeaseReconciler(store);
        Name = string.Create(CultureInfo.InvariantCulture, $"{TableKey.Encode(instance).Replace('.', '-')}-{state.Time.GetUtcNow().UtcTicks:x}");
    }

    /// <summary>Of this run of the instance; safe in a key, and without a dot.</summary>
    public string Name { get; }

    /// <summary>How far the store's clock is before this instance's.</summary>
    public TimeSpan StoreClockAhead { get; private set; }

    /// <summary>Before the first grant: a row for the others to find.</summary>
    public async ValueTask AnnounceAsync(CancellationToken cancellationToken)
    {
        if (!_isAnnounced)
            await BeatAsync(null, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>One sign of life, and a look at those of the others.</summary>
    public async ValueTask TurnAsync(CancellationToken cancellationToken)
    {
        var others = new List<TableEntity>();
        string? own = null;
        await foreach (var row in _store.QueryAsync(LeaseTables.Limits, TableQuery.InPartition(LeaseTables.Instances), cancellationToken).ConfigureAwait(false))
        {
            if (row.RowKey != Name)
                others.Add(row);
            else if (!IsClosed(row))
                (own, StoreClockAhead) = (row.ETag, row.Timestamp is { } stored && _writtenAt != default ? stored - _writtenAt : default);
            else
                own = row.ETag;
        }

        await BeatAsync(own, cancellationToken).ConfigureAwait(false);
        _demand.Learn(Name, others.Where(static row => !IsClosed(row) && row.Find(Wanted) is not null).Select(static row => (row.RowKey, row[Wanted].AsString())));
        var silent = Watch(others);
        _state.IsAlone = others.TrueForAll(IsClosed);
        foreach (var row in silent)
            await TakeBackAsync(row, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Takes the row away: this instance holds nothing any more.</summary>
    public async ValueTask LeaveAsync(CancellationToken cancellationToken)
    {
        await _reconciler.DeleteAsync(Name, cancellationToken).ConfigureAwait(false);
        await _store.DeleteAsync(LeaseTables.Limits, LeaseTables.Instances, Name, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask BeatAsync(string? etag, CancellationToken cancellationToken)
    {
        var row = new TableEntity(LeaseTables.Instances, Name) { ["Closed"] = false };
        if (_demand.Take() is { } wanted)
            row = row.With(Wanted, wanted);
        var now = _state.Time.GetUtcNow();
        var result = await _store.WriteAsync(LeaseTables.Limits, etag is null ? TableOperation.Insert(row) : TableOperation.UpdateReplace(row, etag), cancellationToken).ConfigureAwait(false);
        // Where it was written meanwhile the next turn sees how it stands.
        if (result.IsDone)
            _writtenAt = now;
        _isAnnounced = true;
    }

    /// <summary>Those that have shown no new sign of life for as long as grants last.</summary>
    private List<TableEntity> Watch(List<TableEntity> others)
    {
        var now = _state.Time.GetTimestamp();
        foreach (var name in _seen.Keys.Except(others.Select(static row => row.RowKey)).ToArray())
            _seen.Remove(name);
        var silent = new List<TableEntity>();
        foreach (var row in others)
        {
            if (!_seen.TryGetValue(row.RowKey, out var seen) || seen.ETag != row.ETag)
                _seen[row.RowKey] = (row.ETag!, now);
            else if (now - seen.Since >= _state.Units(IsClosed(row) ? _state.Options.InstanceRetention : _state.Options.InstanceLease))
                silent.Add(row);
        }

        return silent;
    }

    private async ValueTask TakeBackAsync(TableEntity row, CancellationToken cancellationToken)
    {
        if (IsClosed(row))
        {
            await _reconciler.DeleteAsync(row.RowKey, cancellationToken).ConfigureAwait(false);
            await _store.WriteAsync(LeaseTables.Limits, TableOperation.Delete(row.PartitionKey, row.RowKey, row.ETag!), cancellationToken).ConfigureAwait(false);
            return;
        }

        await _reconciler.CloseAsync(row.RowKey, cancellationToken).ConfigureAwait(false);
        // Under the ETag that was seen: an instance that comes back meanwhile is not closed.
        await _store.WriteAsync(LeaseTables.Limits, TableOperation.UpdateReplace(row.With("Closed", true), row.ETag!), cancellationToken).ConfigureAwait(false);
    }

    private static bool IsClosed(TableEntity row) => row["Closed"].AsBoolean();
}
