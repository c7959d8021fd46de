using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using ServerlessRouter.Background;
using ServerlessRouter.Configuration;
using ServerlessRouter.State;
using ServerlessRouter.Telemetry;

namespace ServerlessRouter.Alerts;

/// <summary>
/// Where every part of the router says that something is wrong, and that it no longer is. Alerts are kept in the table store: all instances share them, they survive a restart, and of several
/// instances that see the same thing one writes it down, with the messages that tell of it. While the store is down what was told waits here, bounded.
/// </summary>
public sealed partial class AlertDesk
{
    /// <summary>The name of <see cref="Step"/>.</summary>
    public const string StepName = "alerts";

    /// <summary>So often a change is tried that others get in the way of; then the next turn does it.</summary>
    private const int MaxConflicts = 4;

    /// <summary>One part in so many of each room is kept for what is no budget: callers may spend any number of budgets at once.</summary>
    private const int KeptFromBudgets = 5;

    private readonly AlertStore _store;
    private readonly RouterModelSource _models;
    private readonly AlertOptions _options;
    private readonly AlertMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger<AlertDesk> _logger;
    private readonly ConcurrentDictionary<(AlertType, string), AlertSignal?> _waiting = new();
    private readonly List<IAlertSource> _sources = [];
    private volatile AlertBoard _board = AlertBoard.Empty;
    private int _dropped;
    private readonly HashSet<int> _toldFull = [];

    /// <summary>Keeps alerts in this store, whenever <see cref="Step"/> takes a turn.</summary>
    public AlertDesk(ITableStore store, RouterModelSource models, AlertOptions options, AlertMetrics metrics, TimeProvider time, ILogger<AlertDesk> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(metrics);
        _store = new AlertStore(store);
        (_models, _options, _metrics, _time, _logger) = (models, options.Validated(), metrics, time, logger);
        metrics.Observe(() => _board.Open.GroupBy(static alert => (alert.Type, alert.Severity)).Select(static group => (
            AlertTypes.NameOf(group.Key.Type), AlertSeverities.NameOf(group.Key.Severity), group.Count())));
        Step = new PeriodicStep(StepName, options.Interval, options.TurnTimeout, TurnAsync) { RunsLast = true };
    }

    /// <summary>One turn: read what there is, let all sources look, and write what is new. A signal asks for a turn at once.</summary>
    public PeriodicStep Step { get; }

    /// <summary>The alerts that are open, as this instance last read them.</summary>
    public IReadOnlyList<Alert> Open => [.. _board.Open];

    /// <summary>Messages wait to be delivered, as far as this instance knows.</summary>
    internal bool HasMessages => _board.Messages > 0;

    /// <summary>Is told when messages were written. Must not block or throw.</summary>
    internal Action? MessagesWritten { get; set; }

    /// <summary>Something is wrong, or still is; the same again changes nothing. Never blocks or throws.</summary>
    public void Raise(AlertSignal signal)
    {
        ArgumentNullException.ThrowIfNull(signal);
        Wait((signal.Type, signal.Subject), signal);
    }

    /// <summary>What was raised is no longer so. Never blocks or throws.</summary>
    public void End(AlertType type, string subject)
    {
        ArgumentNullException.ThrowIfNull(subject);
        Wait((type, subject), null);
    }

    /// <summary>Takes on a part of the router that looks at every turn; before the first.</summary>
    internal void Watch(IAlertSource source) => _sources.Add(source);

    private void Wait((AlertType, string) name, AlertSignal? signal)
    {
        if (_waiting.Count >= RoomFor(name.Item1, _options.MaxWaiting) && !_waiting.ContainsKey(name))
        {
            Interlocked.Increment(ref _dropped);
            return;
        }

        // Of two marks of one budget the higher is not lost to the lower.
        _waiting.AddOrUpdate(name, static (_, told) => told, static (_, before, told) => told is null || before is null || told.Level >= before.Level ? told : before, signal);
        Step.Wake();
    }

    private async ValueTask TurnAsync(CancellationToken cancellationToken)
    {
        var board = await _store.ReadAsync(cancellationToken).ConfigureAwait(false);
        _board = board;
        // What has ended by itself has ended before something is told of it anew.
        foreach (var row in board.Rows)
            await PassAsync(row, cancellationToken).ConfigureAwait(false);
        var turn = new AlertTurn(_board, _time.GetUtcNow());
        foreach (var source in _sources)
            await source.LookAsync(turn, cancellationToken).ConfigureAwait(false);
        foreach (var (name, signal) in turn.Told)
            await ApplyAsync(name, signal, cancellationToken).ConfigureAwait(false);
        foreach (var told in _waiting)
        {
            await ApplyAsync(told.Key, told.Value, cancellationToken).ConfigureAwait(false);
            // Only now, and only what was written: what was told since waits for the next turn.
            _waiting.TryRemove(told);
        }

        if (Interlocked.Exchange(ref _dropped, 0) is > 0 and var dropped)
            LogDropped(dropped);
        if (HasMessages)
            MessagesWritten?.Invoke();
    }

    private async ValueTask ApplyAsync((AlertType Type, string Subject) name, AlertSignal? signal, CancellationToken cancellationToken)
    {
        var row = _board.Find(name.Type, name.Subject);
        for (var conflicts = 0; conflicts < MaxConflicts; conflicts++)
        {
            if (row is not null && signal is not null && row.IsPast(_time.GetUtcNow(), Quiet) && await _store.ArchiveAsync(row, cancellationToken).ConfigureAwait(false))
                row = Gone(row);
            if ((signal is null ? row is null ? null : Course.End(row) : Course.Raise(row, signal)) is not { } change)
                return;
            if (row is null && IsFull(change.Row.Alert))
                return;
            if (await TryWriteAsync(change, cancellationToken).ConfigureAwait(false))
                return;
            row = await _store.ReadAsync(change.Row.RowKey, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask PassAsync(AlertRow row, CancellationToken cancellationToken)
    {
        if (row.IsPast(_time.GetUtcNow(), Quiet))
        {
            if (await _store.ArchiveAsync(row, cancellationToken).ConfigureAwait(false))
                Gone(row);
        }
        else if (Course.Pass(row) is { } change)
        {
            await TryWriteAsync(change, cancellationToken).ConfigureAwait(false);
        }
    }

    private AlertRow? Gone(AlertRow row)
    {
        _board = _board.Without(row);
        return null;
    }

    private async ValueTask<bool> TryWriteAsync(AlertChange change, CancellationToken cancellationToken)
    {
        AlertMessageRow[] messages = change.Event is { } what && _board.Messages < RoomFor(change.Row.Alert.Type, _options.MaxMessages)
            ? [.. _models.Current.Alerts.Webhooks.Where(webhook => webhook.Wants(change.Row.Alert.Type)).Select(webhook => new AlertMessageRow(change.Row, what, webhook.Id) { NotBefore = _time.GetUtcNow() + _models.Current.Alerts.Group })]
            : [];
        if (await _store.WriteAsync(change.Row, messages, cancellationToken).ConfigureAwait(false) is not { } written)
            return false;
        _board = _board.With(written, messages.Length);
        if (change.Event is { } told)
            Tell(written.Alert, told);
        return true;
    }

    private void Tell(Alert alert, AlertEvent what)
    {
        var (type, severity) = (AlertTypes.NameOf(alert.Type), AlertSeverities.NameOf(alert.Severity));
        if (what == AlertEvent.Resolved)
        {
            _metrics.Resolved(type, severity);
            LogResolved(type, alert.Subject, alert.Id, (alert.Resolved!.Value - alert.Since).TotalSeconds);
            return;
        }

        if (what == AlertEvent.Fired)
            _metrics.Fired(type, severity);
        LogFired(severity, type, alert.Subject, alert.Id, alert.Cause);
    }

    private bool IsFull(Alert further)
    {
        var room = RoomFor(further.Type, _options.MaxCurrent);
        var isFull = _board.Count >= room;
        if (!isFull)
            _toldFull.Remove(room);
        else if (_toldFull.Add(room))
            LogFull(_board.Count, AlertTypes.NameOf(further.Type), further.Subject);
        return isFull;
    }

    private static int RoomFor(AlertType type, int room) => type == AlertType.Budget ? room - (room / KeptFromBudgets) : room;

    private TimeSpan Quiet => _models.Current.Alerts.Quiet;

    private AlertCourse Course => new(_time.GetUtcNow(), Quiet, _options.Refresh);

    [LoggerMessage(1, LogLevel.Warning, "Alert ({Severity}, {Type}) {Subject}: {Cause} See {AlertId}.")]
    private partial void LogFired(string severity, string type, string subject, string alertId, string cause);

    [LoggerMessage(2, LogLevel.Information, "The alert ({Type}) {Subject} is over: {AlertId}, after {Seconds:0} s")]
    private partial void LogResolved(string type, string subject, string alertId, double seconds);

    [LoggerMessage(3, LogLevel.Warning, "{Dropped} signals came faster than they could be written and are no alerts")]
    private partial void LogDropped(int dropped);

    [LoggerMessage(4, LogLevel.Warning, "There are {Count} alerts already, so further ones are not kept, the first of them ({Type}) {Subject}")]
    private partial void LogFull(int count, string type, string subject);
}
