using System.Globalization;
using ServerlessRouter.Configuration;
using ServerlessRouter.Health;

namespace ServerlessRouter.Alerts.Sources;

/// <summary>Deployments that are left alone for longer than a moment. All instances share what they know of them, so each may say that one answers again.</summary>
internal sealed class BreakerAlerts(HealthRegistry health, RouterModelSource models) : IAlertSource
{
    /// <summary>Closed for so long, so that no instance that has yet to hear of an opening ends its alert.</summary>
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(20);

    private readonly Dictionary<string, DateTimeOffset> _openSince = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> _closedSince = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public ValueTask LookAsync(AlertTurn turn, CancellationToken cancellationToken)
    {
        var open = new HashSet<string>(StringComparer.Ordinal);
        foreach (var deployment in health.All)
        {
            if (!IsOpen(deployment.Breaker))
                continue;
            open.Add(deployment.Id);
            _closedSince.Remove(deployment.Id);
            if (!_openSince.TryGetValue(deployment.Id, out var since))
                _openSince[deployment.Id] = since = turn.Now;
            var cause = deployment.Breaker.Cause;
            if (IsForAPerson(cause) || turn.Now - since >= models.Current.Alerts.BreakerOpen)
                turn.Raise(SignalOf(deployment.Id, cause, since, deployment.Breaker.Openings));
        }

        foreach (var gone in _openSince.Keys.Where(id => !open.Contains(id)).ToList())
            _openSince.Remove(gone);
        foreach (var row in turn.Board.OpenOf(AlertType.Breaker))
        {
            var id = row.Alert.Subject;
            if (open.Contains(id))
                continue;
            if (!_closedSince.TryGetValue(id, out var since))
                _closedSince[id] = since = turn.Now;
            if (turn.Now - since < Settled)
                continue;
            turn.End(AlertType.Breaker, id);
            _closedSince.Remove(id);
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>A rate limit whose time is over holds no call back.</summary>
    private static bool IsOpen(Breaker breaker) => !breaker.IsClosed && (!breaker.IsRateLimit || breaker.OpenForSeconds(breaker.Timestamp) > 0);

    private static bool IsForAPerson(BreakerCause cause) => cause is BreakerCause.Quota or BreakerCause.Refused;

    private static AlertSignal SignalOf(string id, BreakerCause cause, DateTimeOffset since, int openings)
    {
        var why = cause switch
        {
            BreakerCause.Outage => "Too many of its calls fail.",
            BreakerCause.Burst => "Its rate limit is reached, again and again.",
            BreakerCause.Quota => "Its quota or credit is used up, which only its owner can mend.",
            BreakerCause.Refused => "The router's credential is refused or the model is gone, which only its owner can mend.",
        };
        return new AlertSignal(
            AlertType.Breaker, id, IsForAPerson(cause) ? AlertSeverity.Critical : AlertSeverity.Warning,
            string.Create(CultureInfo.InvariantCulture, $"It has been left alone since {since.UtcDateTime:HH:mm:ss} UTC. {why}"))
        {
            Since = since,
            Figures = [new AlertFigure("reason", cause.ToString().ToLowerInvariant()), new AlertFigure("openings", openings)],
        };
    }
}
