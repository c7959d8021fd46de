using System.Globalization;
using ServerlessRouter.State;

namespace ServerlessRouter.Governance.Leases;

/// <summary>
/// Shows the other instances that this one lives, and finds those that do so no more. Whether a sign of life is new is told by its ETag and timed by this instance's own stopwatch, so clocks that are wrong
/// kill no instance.
/// </summary>
/// <remarks>
/// A turn costs no more calls than it must. The sign of life is written every second turn, or at once where the others have to hear what this instance waits for. An instance that has to know at once who comes
/// (because it is alone, or what others wait for matters to it), or that misses a sign of life, looks every turn. Else <see cref="LeaseWatch"/> shares the looks out.
/// </remarks>
internal sealed class LeasePresence
{
    /// <summary>What an instance waits for.</summary>
    private const string Wanted = "Wanted";

    private readonly ITableStore _store;
    private readonly LeaseState _state;
    private readonly LeaseDemand _demand;
    private readonly LeaseReconciler _reconciler;
    private readonly LeaseWatch _watch;
    private volatile bool _isAnnounced;
    private volatile bool _mustLook = true;
    private bool _mustBeat = true;
    private bool _isWanting;
    private string? _etag;
    private DateTimeOffset _writtenAt;

    /// <summary>Under a name that no run of the instance had before.</summary>
    public LeasePresence(ITableStore store, string instance, LeaseState state, LeaseDemand demand)
    {
        (_store, _state, _demand) = (store, state, demand);
        _reconciler = new LeaseReconciler(store);
        _watch = new LeaseWatch(state);
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
            await TryBeatAsync(_demand.Take(), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A sign of life and a look at those of the others, as far as they are due; false where the store was not asked for anything.</summary>
    public async ValueTask<bool> TryTurnAsync(CancellationToken cancellationToken)
    {
        var (isDue, isInUse) = (_watch.PassTurn(), _demand.PassTurn());
        var looks = isDue || isInUse || _mustLook || _state.IsAlone || _state.IsStoreAway;
        var silent = looks ? await LookAsync(cancellationToken).ConfigureAwait(false) : [];
        var beats = _mustBeat || _isWanting || _etag is null || _demand.IsWanting || _state.IsStoreAway;
        var wanted = beats ? _demand.Take() : null;
        _mustBeat = !beats;
        // A row that is not as this instance left it was closed meanwhile: it is looked at and written again.
        if (beats && !await TryBeatAsync(wanted, cancellationToken).ConfigureAwait(false))
        {
            silent = await LookAsync(cancellationToken).ConfigureAwait(false);
            await TryBeatAsync(wanted, cancellationToken).ConfigureAwait(false);
        }

        foreach (var row in silent)
            await TakeBackAsync(row, cancellationToken).ConfigureAwait(false);
        return looks || beats;
    }

    /// <summary>Takes the row away: this instance holds nothing any more.</summary>
    public async ValueTask LeaveAsync(CancellationToken cancellationToken)
    {
        await _reconciler.DeleteAsync(Name, cancellationToken).ConfigureAwait(false);
        await _store.DeleteAsync(LeaseTables.Limits, LeaseTables.Instances, Name, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Who else there is, and what they wait for; those that have shown no new sign of life for as long as grants last.</summary>
    private async ValueTask<List<TableEntity>> LookAsync(CancellationToken cancellationToken)
    {
        _mustLook = true;
        var others = new List<TableEntity>();
        string? own = null;
        await foreach (var row in _store.QueryAsync(LeaseTables.Limits, TableQuery.InPartition(LeaseTables.Instances), cancellationToken).ConfigureAwait(false))
        {
            if (row.RowKey != Name)
                others.Add(row);
            else
                own = Own(row);
        }

        (_etag, _mustLook) = (own, false);
        _demand.Learn(Name, others.Where(static row => !IsClosed(row) && row.Find(Wanted) is not null).Select(static row => (row.RowKey, row[Wanted].AsString())));
        _state.IsAlone = others.TrueForAll(IsClosed);
        return _watch.Look(Name, others);
    }

    private string? Own(TableEntity row)
    {
        _mustBeat |= IsClosed(row);
        if (row.ETag == _etag && row.Timestamp is { } stored && _writtenAt != default)
            StoreClockAhead = stored - _writtenAt;
        return row.ETag;
    }

    /// <summary>False where the row is not as this instance knows it.</summary>
    private async ValueTask<bool> TryBeatAsync(string? wanted, CancellationToken cancellationToken)
    {
        var row = new TableEntity(LeaseTables.Instances, Name) { ["Closed"] = false };
        if (wanted is not null)
            row = row.With(Wanted, wanted);
        var now = _state.Time.GetUtcNow();
        // Where no answer comes, the next turn sees how the row stands.
        (_mustLook, _mustBeat) = (true, true);
        var result = await _store.WriteAsync(LeaseTables.Limits, _etag is { } etag ? TableOperation.UpdateReplace(row, etag) : TableOperation.Insert(row), cancellationToken).ConfigureAwait(false);
        _isAnnounced = true;
        if (!result.IsDone)
            return false;
        (_etag, _writtenAt, _isWanting, _mustLook, _mustBeat) = (result.ETag, now, wanted is not null, false, false);
        return true;
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

    internal static bool IsClosed(TableEntity row) => row["Closed"].AsBoolean();
}
