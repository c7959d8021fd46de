using Microsoft.Extensions.Logging;
using ServerlessRouter.Background;
using ServerlessRouter.Configuration;
using ServerlessRouter.State;
using ServerlessRouter.Webhooks;

namespace ServerlessRouter.Alerts.Delivery;

/// <summary>
/// Delivers the messages that wait in the store: at least once, those of one alert to one receiver in their order, each by the instance that holds its lease. What came within the time of a group is
/// delivered as one. An instance that dies with a lease is followed by another once that is over; one that dies behind the delivery and before it is noted makes the same come twice, under the same id.
/// </summary>
internal sealed partial class AlertMessages
{
    /// <summary>The name of <see cref="Step"/>.</summary>
    public const string StepName = "alert-messages";

    /// <summary>Messages of one receiver that are tried in one turn.</summary>
    private const int MaxInTurn = 50;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(5);

    private readonly AlertDesk _desk;
    private readonly ITableStore _store;
    private readonly RouterModelSource _models;
    private readonly WebhookSender _sender;
    private readonly AlertMessagesOptions _options;
    private readonly ILogger _logger;
    private int _waitsForNoMore;

    public AlertMessages(AlertDesk desk, ITableStore store, RouterModelSource models, WebhookSender sender, AlertMessagesOptions options, ILogger<AlertMessages> logger)
    {
        (_desk, _store, _models, _sender, _options, _logger) = (desk, store, models, sender, options, logger);
        Step = new PeriodicStep(StepName, Interval, Timeout, DeliverAsync);
        desk.MessagesWritten = Step.Wake;
    }

    /// <summary>Delivers what is due; asks nothing of the store while there is none.</summary>
    public PeriodicStep Step { get; }

    /// <summary>The next turn delivers everything that waits, also what would wait for more of its group.</summary>
    public void WaitForNoMore() => Volatile.Write(ref _waitsForNoMore, 1);

    private async ValueTask DeliverAsync(CancellationToken cancellationToken)
    {
        var waitsForNoMore = Interlocked.Exchange(ref _waitsForNoMore, 0) != 0;
        if (!_desk.HasMessages)
            return;
        var waiting = new List<AlertMessageRow>();
        await foreach (var row in _store.QueryAsync(AlertTables.Alerts, TableQuery.InPartition(AlertTables.Now, AlertTables.WaitingMessages), cancellationToken).ConfigureAwait(false))
            waiting.Add(AlertMessageRow.Read(row));
        var rounds = waiting.GroupBy(static message => message.Webhook).Select(messages => DeliverAsync(messages.Key, messages, waitsForNoMore, cancellationToken));
        if ((await Task.WhenAll(rounds).ConfigureAwait(false)).Contains(true))
            Step.Wake();
    }

    /// <summary>Tries the messages of one receiver, one group after the other. True where more may be tried at once.</summary>
    private async Task<bool> DeliverAsync(string id, IEnumerable<AlertMessageRow> messages, bool waitsForNoMore, CancellationToken cancellationToken)
    {
        var alerts = _models.Current.Alerts;
        var webhook = alerts.Webhooks.FirstOrDefault(known => known.Id == id);
        var (groups, tried) = (new AlertMessageGroups(messages, isTogether: alerts.Group > TimeSpan.Zero, waitsForNoMore), 0);
        while (groups.Next(_options.Time.GetUtcNow()) is { } group)
        {
            if (tried >= MaxInTurn)
                return true;
            tried += group.Length;
            var outcome = webhook is null ? await DropAsync(group, cancellationToken).ConfigureAwait(false) : await TryAsync(webhook, group, cancellationToken).ConfigureAwait(false);
            // A receiver that does not answer is left alone until the next turn, however much waits for it.
            if (outcome == DeliveryOutcome.Failed)
                return false;
            if (outcome == DeliveryOutcome.Elsewhere)
                groups.LeaveToOthers(group);
        }

        return false;
    }

    private async ValueTask<DeliveryOutcome> TryAsync(AlertWebhook webhook, AlertMessageRow[] group, CancellationToken cancellationToken)
    {
        var name = AlertMessageGroups.NameOf(group);
        AlertMessageRow[] claimed = [.. group.Select(message => message with { Group = name, LeaseOwner = _options.Instance, LeaseUntil = _options.Time.GetUtcNow() + AlertMessagesOptions.Lease })];
        if (await WriteAsync(claimed, cancellationToken).ConfigureAwait(false) is not { } held)
            return DeliveryOutcome.Elsewhere;
        AlertNews[] news = [.. held.Select(static message => new AlertNews(message.Told.Alert, message.Event))];
        var result = await _sender.SendAsync(webhook.Url, name, AlertBody.Write(webhook.Format, news), cancellationToken).ConfigureAwait(false);
        if (result.IsTaken)
            return await DropAsync(held, cancellationToken).ConfigureAwait(false);

        var isTriedAgain = result.CanHelpToRetry && held[0].Tries < AlertMessagesOptions.Waits.Length;
        LogUntaken(held[0].Told.Alert.Id, held.Length - 1, webhook.ToString(), result.Note, isTriedAgain);
        if (!isTriedAgain)
            return await DropAsync(held, cancellationToken).ConfigureAwait(false);
        var next = _options.Time.GetUtcNow() + AlertMessagesOptions.Waits[held[0].Tries];
        await WriteAsync([.. held.Select(message => message with { Tries = message.Tries + 1, NotBefore = next, LeaseOwner = "", LeaseUntil = default })], cancellationToken).ConfigureAwait(false);
        return DeliveryOutcome.Failed;
    }

    /// <summary>Writes all of them or none; null where another instance has written one meanwhile.</summary>
    private async ValueTask<AlertMessageRow[]?> WriteAsync(AlertMessageRow[] group, CancellationToken cancellationToken)
    {
        var written = await _store.TransactAsync(AlertTables.Alerts, [.. group.Select(static message => message.ToWrite())], cancellationToken).ConfigureAwait(false);
        return written.IsDone ? [.. group.Select((message, place) => message with { ETag = written.ETags[place] })] : null;
    }

    private async ValueTask<DeliveryOutcome> DropAsync(AlertMessageRow[] group, CancellationToken cancellationToken)
    {
        await _store.TransactAsync(AlertTables.Alerts, [.. group.Select(static message => message.ToDelete())], cancellationToken).ConfigureAwait(false);
        return DeliveryOutcome.Gone;
    }

    private enum DeliveryOutcome
    {
        /// <summary>It waits no more.</summary>
        Gone,

        /// <summary>It waits for its next try.</summary>
        Failed,

        /// <summary>Another instance is at it.</summary>
        Elsewhere,
    }

    [LoggerMessage(1, LogLevel.Warning, "The alert {AlertId}, and {Others} with it, could not be told at {Receiver}: {Note} Tried again: {IsTriedAgain}")]
    private partial void LogUntaken(string alertId, int others, string receiver, string note, bool isTriedAgain);
}

/// <summary>Who delivers, and when.</summary>
/// <param name="Instance">Names this instance in leases.</param>
/// <param name="Time">The clock.</param>
internal sealed record AlertMessagesOptions(string Instance, TimeProvider Time)
{
    /// <summary>One minute: four times what a delivery may take.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);

    /// <summary>As the ends of jobs are told: for half a day.</summary>
    public static readonly TimeSpan[] Waits =
    [
        TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(10), TimeSpan.FromHours(1), TimeSpan.FromHours(3), TimeSpan.FromHours(8),
    ];
}
