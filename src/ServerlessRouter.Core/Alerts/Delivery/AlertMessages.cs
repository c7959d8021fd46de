using Microsoft.Extensions.Logging;
using ServerlessRouter.Background;
using ServerlessRouter.Configuration;
using ServerlessRouter.State;
using ServerlessRouter.Webhooks;

namespace ServerlessRouter.Alerts.Delivery;

/// <summary>
/// Delivers the messages that wait in the store: at least once, those of one alert to one receiver in their order, each by the instance that holds its lease. One that dies with a lease is followed
/// by another once that is over; one that dies behind the delivery and before it is noted makes it come twice, under the same id.
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

    public AlertMessages(AlertDesk desk, ITableStore store, RouterModelSource models, WebhookSender sender, AlertMessagesOptions options, ILogger<AlertMessages> logger)
    {
        (_desk, _store, _models, _sender, _options, _logger) = (desk, store, models, sender, options, logger);
        Step = new PeriodicStep(StepName, Interval, Timeout, DeliverAsync);
        desk.MessagesWritten = Step.Wake;
    }

    /// <summary>Delivers what is due; asks nothing of the store while there is none.</summary>
    public PeriodicStep Step { get; }

    private async ValueTask DeliverAsync(CancellationToken cancellationToken)
    {
        if (!_desk.HasMessages)
            return;
        var waiting = new List<AlertMessageRow>();
        await foreach (var row in _store.QueryAsync(AlertTables.Alerts, TableQuery.InPartition(AlertTables.Now, AlertTables.WaitingMessages), cancellationToken).ConfigureAwait(false))
            waiting.Add(AlertMessageRow.Read(row));
        var rounds = waiting.GroupBy(static message => message.Webhook).Select(messages => DeliverAsync(messages.Key, [.. messages.OrderBy(static message => message.Told.ReportedAt)], cancellationToken));
        if ((await Task.WhenAll(rounds).ConfigureAwait(false)).Contains(true))
            Step.Wake();
    }

    /// <summary>Tries the messages of one receiver, one after the other. True where more may be tried at once.</summary>
    private async Task<bool> DeliverAsync(string id, AlertMessageRow[] messages, CancellationToken cancellationToken)
    {
        var webhook = _models.Current.Alerts.Webhooks.FirstOrDefault(known => known.Id == id);
        var (late, tried) = (new HashSet<string>(StringComparer.Ordinal), 0);
        foreach (var message in messages)
        {
            if (late.Contains(message.Line))
                continue;
            if (tried == MaxInTurn)
                return true;
            if (!message.IsDue(_options.Time.GetUtcNow()))
            {
                late.Add(message.Line);
                continue;
            }

            tried++;
            var outcome = webhook is null ? await DropAsync(message, cancellationToken).ConfigureAwait(false) : await TryAsync(webhook, message, cancellationToken).ConfigureAwait(false);
            // A receiver that does not answer is left alone until the next turn, however much waits for it.
            if (outcome == DeliveryOutcome.Failed)
                return false;
            if (outcome == DeliveryOutcome.Elsewhere)
                late.Add(message.Line);
        }

        return false;
    }

    private async ValueTask<DeliveryOutcome> TryAsync(AlertWebhook webhook, AlertMessageRow message, CancellationToken cancellationToken)
    {
        var claimed = message with { LeaseOwner = _options.Instance, LeaseUntil = _options.Time.GetUtcNow() + AlertMessagesOptions.Lease };
        var claim = await _store.WriteAsync(AlertTables.Alerts, claimed.ToWrite(), cancellationToken).ConfigureAwait(false);
        if (!claim.IsDone)
            return DeliveryOutcome.Elsewhere;
        claimed = claimed with { ETag = claim.ETag };
        var result = await _sender.SendAsync(webhook.Url, message.Id, AlertBody.Write(webhook.Format, message.Told.Alert, message.Event), cancellationToken).ConfigureAwait(false);
        if (result.IsTaken)
            return await DropAsync(claimed, cancellationToken).ConfigureAwait(false);

        var isTriedAgain = result.CanHelpToRetry && message.Tries < AlertMessagesOptions.Waits.Length;
        LogUntaken(message.Told.Alert.Id, webhook.ToString(), result.Note, isTriedAgain);
        if (!isTriedAgain)
            return await DropAsync(claimed, cancellationToken).ConfigureAwait(false);
        var again = claimed with { Tries = message.Tries + 1, NotBefore = _options.Time.GetUtcNow() + AlertMessagesOptions.Waits[message.Tries], LeaseOwner = "", LeaseUntil = default };
        await _store.WriteAsync(AlertTables.Alerts, again.ToWrite(), cancellationToken).ConfigureAwait(false);
        return DeliveryOutcome.Failed;
    }

    private async ValueTask<DeliveryOutcome> DropAsync(AlertMessageRow message, CancellationToken cancellationToken)
    {
        await _store.WriteAsync(AlertTables.Alerts, message.ToDelete(), cancellationToken).ConfigureAwait(false);
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

    [LoggerMessage(1, LogLevel.Warning, "The alert {AlertId} could not be told at {Receiver}: {Note} Tried again: {IsTriedAgain}")]
    private partial void LogUntaken(string alertId, string receiver, string note, bool isTriedAgain);
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
