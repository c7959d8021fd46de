using System.Text;
using System.Text.Json;
using ServerlessRouter.Audit;
using ServerlessRouter.Background;
using ServerlessRouter.Configuration;
using ServerlessRouter.State;

namespace ServerlessRouter.Alerts;

/// <summary>Shows alerts to admins and lets them take note. Every member throws <see cref="TableStoreUnavailableException"/> while the storage is down.</summary>
public sealed class AlertAdministration
{
    /// <summary>The name of <see cref="Retention"/>.</summary>
    public const string RetentionName = "alerts-retention";

    private const int MaxConflicts = 8;

    private static readonly TimeSpan RetentionInterval = TimeSpan.FromHours(1);
    private static readonly TimeSpan RetentionTimeout = TimeSpan.FromMinutes(1);

    private readonly AlertStore _store;
    private readonly AuditLog? _audit;
    private readonly TimeProvider _time;

    /// <summary>Over this store; the audit log hears of what admins do, where there is one.</summary>
    public AlertAdministration(ITableStore store, RouterModelSource models, AuditLog? audit, TimeProvider time)
    {
        (_store, _audit, _time) = (new AlertStore(store), audit, time);
        Retention = new PeriodicStep(
            RetentionName, RetentionInterval, RetentionTimeout, cancellationToken => _store.ForgetAsync(time.GetUtcNow() - models.Current.Alerts.Keep, cancellationToken));
    }

    /// <summary>Forgets past alerts, every hour.</summary>
    public PeriodicStep Retention { get; }

    /// <summary>Whether a text may name an alert.</summary>
    public static bool IsId(string text) => AlertTables.IsId(text);

    /// <summary>The alerts, the newest first, behind the one called <paramref name="after"/>.</summary>
    /// <param name="isOpen">Only those that last.</param>
    /// <param name="after">The last of the page before; null for the first page.</param>
    /// <param name="limit">The most of them.</param>
    /// <param name="cancellationToken">The caller's cancellation.</param>
    public async ValueTask<AlertPage> ListAsync(bool isOpen, string? after, int limit, CancellationToken cancellationToken)
    {
        var found = new SortedDictionary<string, Alert>(StringComparer.Ordinal);
        // Past ones first: one that moves meanwhile is then found in either place, and as it is now.
        if (!isOpen)
        {
            foreach (var row in await _store.ReadPastAsync(after, limit + 1, cancellationToken).ConfigureAwait(false))
                found[row.Alert.Id] = row.Alert;
        }

        foreach (var row in await _store.ReadCurrentAsync(cancellationToken).ConfigureAwait(false))
        {
            if ((row.IsOpen || !isOpen) && string.CompareOrdinal(row.Alert.Id, after) > 0)
                found[row.Alert.Id] = row.Alert;
        }

        return new AlertPage([.. found.Values.Take(limit)], found.Count > limit);
    }

    /// <summary>Takes note of an alert in an admin's name, once; null where there is none of this id.</summary>
    public async ValueTask<Alert?> AcknowledgeAsync(AdminAct act, string id, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(act);
        AuditLine? line = null;
        for (var conflicts = 0; conflicts < MaxConflicts; conflicts++)
        {
            var (row, isPast) = await FindAsync(id, cancellationToken).ConfigureAwait(false);
            if (row is null || row.Alert.Acknowledged is not null)
            {
                if (line is { } late)
                    await _audit!.EndAsync(late, isDone: false).ConfigureAwait(false);
                return row?.Alert;
            }

            var noted = row with { Alert = row.Alert with { Acknowledged = new AlertAcknowledgement(act.Admin.Name, _time.GetUtcNow()) } };
            if (_audit is not null && line is null)
                line = await _audit.BeginAsync(act, "alert.acknowledge", id, null, Describe(noted.Alert), cancellationToken).ConfigureAwait(false);
            if (!(isPast ? await _store.RewritePastAsync(noted, cancellationToken).ConfigureAwait(false) : await _store.WriteAsync(noted, [], cancellationToken).ConfigureAwait(false) is not null))
                continue;
            if (line is { } done)
                await _audit!.EndAsync(done, isDone: true, after: Describe(noted.Alert)).ConfigureAwait(false);
            return noted.Alert;
        }

        if (line is { } begun)
            await _audit!.EndAsync(begun, isDone: false).ConfigureAwait(false);

        throw new TableStoreUnavailableException("The alert is being written by others all the time; try again.");
    }

    private async ValueTask<(AlertRow? Row, bool IsPast)> FindAsync(string id, CancellationToken cancellationToken)
    {
        foreach (var row in await _store.ReadCurrentAsync(cancellationToken).ConfigureAwait(false))
        {
            if (row.Alert.Id == id)
                return (row, false);
        }

        return (await _store.ReadPastAsync(id, cancellationToken).ConfigureAwait(false), true);
    }

    private static string Describe(Alert alert)
    {
        using var output = new MemoryStream();
        using (var writer = new Utf8JsonWriter(output))
        {
            writer.WriteStartObject();
            writer.WriteString("type"u8, AlertTypes.NameOf(alert.Type));
            writer.WriteString("subject"u8, alert.Subject);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(output.GetBuffer(), 0, (int)output.Length);
    }
}

/// <summary>Some alerts, and whether there are more behind them.</summary>
/// <param name="Alerts">The newest first.</param>
/// <param name="HasMore">There are more.</param>
public sealed record AlertPage(IReadOnlyList<Alert> Alerts, bool HasMore);
