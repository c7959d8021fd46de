using Microsoft.Extensions.Logging;
using ServerlessRouter.Background;
using ServerlessRouter.Configuration;
using ServerlessRouter.State;

namespace ServerlessRouter.Governance.Leases;

/// <summary>
/// Counts limits for all instances over one store: each instance is granted a part of what is left, hands it out by itself, and renews it beside the requests. Disposing of it, after the steps have ended and
/// before the store goes, gives back what is left.
/// </summary>
public sealed class LeasedLimits : ILimitLedger, IAsyncDisposable
{
    /// <summary>The name of <see cref="Renew"/>.</summary>
    public const string RenewName = "limits";

    /// <summary>The name of <see cref="Presence"/>.</summary>
    public const string PresenceName = "limits-presence";

    /// <summary>The name of <see cref="Erase"/>.</summary>
    public const string EraseName = "limits-erasure";

    private readonly ITableStore _store;
    private readonly LeaseState _state;
    private readonly LeaseDemand _demand;
    private readonly LeasePresence _presence;
    private readonly LeaseErasure _erasure;
    private readonly LeaseShard[] _shards;
    private readonly LeaseCounters _counters;
    private readonly LeaseClaims _claims;

    /// <summary>Counts over this store, whenever the steps take their turns.</summary>
    /// <param name="store">Shared by all instances.</param>
    /// <param name="options">How much is granted, and how long.</param>
    /// <param name="instance">Names this instance among those that run.</param>
    /// <param name="time">Tells windows and waits.</param>
    /// <param name="logger">Hears of outages.</param>
    public LeasedLimits(ITableStore store, LeaseOptions options, string instance, TimeProvider time, ILogger<LeasedLimits> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentException.ThrowIfNullOrEmpty(instance);
        options.Validated();
        _store = store;
        _state = new LeaseState(options, time, logger);
        _demand = new LeaseDemand(_state);
        _presence = new LeasePresence(store, instance, _state, _demand);
        _erasure = new LeaseErasure(store, _presence, _state);
        _shards = [.. Enumerable.Range(0, LeaseTables.Shards).Select(shard => new LeaseShard(new LeaseWriter(store, shard, _presence, _state)))];
        _counters = new LeaseCounters(_state, logger);
        _claims = new LeaseClaims(_counters, _state);
        Renew = new PeriodicStep(RenewName, options.RenewInterval, options.StepTimeout, RenewAsync) { RunsLast = true };
        Presence = new PeriodicStep(PresenceName, options.PresenceInterval, options.StepTimeout, KeepPresentAsync);
        Erase = new PeriodicStep(EraseName, options.ErasureInterval, options.StepTimeout, EraseAsync);
    }

    /// <summary>What the instances wait for.</summary>
    public ILimitDemand Demand => _demand;

    /// <summary>Renews grants of which a quarter is left, writes what was settled, and gives back what is not used.</summary>
    public PeriodicStep Renew { get; }

    /// <summary>Shows the others that this instance lives, and takes back the grants of those that do no more. A turn before the first request tells whether there are others.</summary>
    public PeriodicStep Presence { get; }

    /// <summary>Forgets what is not used any more, in memory and in the store.</summary>
    public PeriodicStep Erase { get; }

    /// <summary>Takes a request that has waited off the thread of the round it waited for, which goes on writing. A simulation, where all is on one thread, does without.</summary>
    internal Func<ValueTask> LeaveRound { get; init; } = static async () => await Task.Yield();

    /// <inheritdoc/>
    public ValueTask<ClaimOutcome> ReserveAsync(IReadOnlyList<Claim> claims, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(claims);
        var asked = claims as Claim[] ?? [.. claims];
        var reservation = new LeaseReservation(asked.Length, _state.Time);
        return _claims.Take(asked, reservation, _state.Now()) is { } outcome ? ValueTask.FromResult(outcome) : WaitAsync(asked, reservation, cancellationToken);
    }

    /// <inheritdoc/>
    public void Charge(IReadOnlyList<Claim> used)
    {
        ArgumentNullException.ThrowIfNull(used);
        var moment = _state.Now();
        foreach (var claim in used)
            _counters.Charge(claim, moment);
    }

    /// <inheritdoc/>
    public LimitStanding Look(LimitSubject subject, LimitModel limit)
    {
        ArgumentNullException.ThrowIfNull(limit);
        return _counters.Look(subject, limit, _state.Time.GetUtcNow());
    }

    /// <inheritdoc/>
    public void Look(ReadOnlySpan<Claim> claims, Span<LimitStanding> standings) => _counters.Look(claims, standings, _state.Time.GetUtcNow());

    /// <summary>How a limit stands for all instances, as the store knows it, with what this one has yet to write. What this one is granted and has set aside for no request is not pending.</summary>
    /// <exception cref="TableStoreUnavailableException">The store cannot be read.</exception>
    public async ValueTask<LimitStanding> ReadAsync(LimitSubject subject, LimitModel limit, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(limit);
        var now = _state.Time.GetUtcNow();
        var series = _counters.Find(subject, limit) ?? new LimitSeries(new SubjectCounters(subject), limit);
        var total = await ReadAsync(series, LeaseTables.Total(series.KeyAt(now)), cancellationToken).ConfigureAwait(false);
        var (unwritten, spare) = (0L, 0L);
        if (series.CountedAt(now) is { } counter)
        {
            // Behind the total: a write that takes place in between makes what is used look smaller for a moment, and nothing is counted twice.
            var part = await ReadAsync(series, LeaseTables.Part(_presence.Name, counter), cancellationToken).ConfigureAwait(false);
            lock (counter.Gate)
                (unwritten, spare) = (counter.UnwrittenBeside(part), counter.Spare);
        }

        return new LimitStanding(limit.Amount, total.Settled + unwritten, Math.Max(0, total.Granted - total.Settled - unwritten - spare), WindowSpan.Of(limit.Window, now).End);
    }

    private async ValueTask<LeaseRow> ReadAsync(LimitSeries series, string row, CancellationToken cancellationToken) =>
        LeaseRow.Read(await _store.GetAsync(LeaseTables.Limits, LeaseTables.Partition(series.Subject.Shard), row, cancellationToken).ConfigureAwait(false));

    /// <summary>Writes what is settled and gives back the rest. Does nothing the second time.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_state.Leave())
            return;
        await Task.WhenAll(_shards.Select(static shard => shard.Running)).ConfigureAwait(false);
        try
        {
            await RenewAsync(CancellationToken.None).ConfigureAwait(false);
            using var bound = _state.StoreBound();
            _counters.Review(_state.Now());
            // What requests still hold is taken back by the others, when this instance shows no more signs of life.
            if (_counters.AreClean)
                await _presence.LeaveAsync(bound.Token).ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            _state.StoreFailed(failure);
        }
    }

    internal async ValueTask RenewAsync(CancellationToken cancellationToken)
    {
        var turn = _counters.Review(_state.Now());
        // A total that others write is read first; where each read is a call of its own, what is not due is left alone.
        var rounds = turn.Shards.Select(shard => _shards[shard].AskAsync(turn.Take(shard, withRipe: _state.IsAlone || _shards[shard].ReadsTogether)));
        var answers = await Task.WhenAll(rounds).WaitAsync(cancellationToken).ConfigureAwait(false);
        if (answers.Contains(false))
            throw new TableStoreUnavailableException("Limits could not be written.");
    }

    internal async ValueTask KeepPresentAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (await _presence.TryTurnAsync(cancellationToken).ConfigureAwait(false))
                _state.StoreAnswered();
        }
        catch (Exception failure)
        {
            // What the others want is not known any more, and nothing moves between instances meanwhile.
            _demand.Forget();
            _state.StoreFailed(failure);
            throw;
        }
    }

    internal async ValueTask EraseAsync(CancellationToken cancellationToken)
    {
        await _erasure.EraseAsync(_counters.Forget(_state.Now()), cancellationToken).ConfigureAwait(false);
        await _erasure.RunAsync(cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<ClaimOutcome> WaitAsync(Claim[] claims, LeaseReservation reservation, CancellationToken cancellationToken)
    {
        var patience = new LeasePatience(_state);
        while (true)
        {
            var isWritten = await AskAsync(claims, reservation, patience.Left, cancellationToken).ConfigureAwait(false);
            await LeaveRound().ConfigureAwait(false);
            if (_claims.Take(claims, reservation, patience.Next(isWritten)) is { } outcome)
                return outcome;
        }
    }

    /// <summary>Waits until the rows of the counters that had too little are written. False when they were not, or not in time.</summary>
    private async ValueTask<bool> AskAsync(Claim[] claims, LeaseReservation reservation, TimeSpan patience, CancellationToken cancellationToken)
    {
        var asked = LeaseClaims.Asked(claims, reservation);
        foreach (var (counter, claim) in asked)
            counter.Wait(claim);
        try
        {
            var rounds = asked.Select(static ask => ask.Counter).GroupBy(static counter => counter.Subject.Shard).Select(some => _shards[some.Key].AskAsync(some));
            return (await Task.WhenAll(rounds).WaitAsync(patience, _state.Time, cancellationToken).ConfigureAwait(false)).All(static isDone => isDone);
        }
        catch (TimeoutException)
        {
            return false;
        }
        finally
        {
            foreach (var (counter, claim) in asked)
                counter.Unwait(claim);
        }
    }
}
