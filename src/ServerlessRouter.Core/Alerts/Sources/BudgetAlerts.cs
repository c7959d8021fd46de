using System.Globalization;
using ServerlessRouter.Configuration;
using ServerlessRouter.Governance;
using ServerlessRouter.Governance.Enforcement;

namespace ServerlessRouter.Alerts.Sources;

/// <summary>Budgets of which half, four fifths or all is spent: one alert for each budget, worse at each mark. It ends with the budget's window, or when the budget is raised far enough or gone.</summary>
internal sealed class BudgetAlerts(AlertDesk desk, RouterModelSource models, LimitReader limits, BudgetWatch watch) : IAlertSource
{
    private const int FirstMark = 50;
    private const int AllSpent = 100;
    private const int Decimals = 6;

    /// <summary>Takes a mark in. Does not block.</summary>
    public void Take(BudgetMark mark) => desk.Raise(SignalOf(mark.Subject, mark.Limit, mark.Standing, mark.Percent));

    /// <inheritdoc/>
    public async ValueTask LookAsync(AlertTurn turn, CancellationToken cancellationToken)
    {
        // Whichever instance ended it: a mark that is reached after that is news on all of them. In another window it is so anyway.
        foreach (var row in turn.Board.Rows)
        {
            if (row is { Alert: { Type: AlertType.Budget, Resolved: { } ended } } && !(row.Until <= ended))
                Forget(row.Alert, ended);
        }

        foreach (var row in turn.Board.OpenOf(AlertType.Budget))
        {
            if (Find(row.Alert) is not { } budget)
                End(turn, row.Alert);
            else if (FigureOf(row.Alert, "budget_usd")?.Number != UsdOf(budget.Limit.Amount))
                await LookAgainAsync(turn, row.Alert, budget.Subject, budget.Limit, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask LookAgainAsync(AlertTurn turn, Alert alert, LimitSubject subject, LimitModel limit, CancellationToken cancellationToken)
    {
        var reading = (await limits.ReadAsync([(subject, limit)], cancellationToken).ConfigureAwait(false))[0];
        var percent = (int)Math.Min(AllSpent, 100m * reading.Standing.Used / limit.Amount);
        watch.ForgetChanged(subject, limit);
        if (percent < FirstMark)
            turn.End(AlertType.Budget, alert.Subject);
        else
            turn.Raise(SignalOf(subject, limit, reading.Standing, percent >= AllSpent ? AllSpent : percent >= 80 ? 80 : FirstMark));
    }

    private void End(AlertTurn turn, Alert alert)
    {
        turn.End(AlertType.Budget, alert.Subject);
        Forget(alert, turn.Now);
    }

    private void Forget(Alert alert, DateTimeOffset end)
    {
        if (NamesOf(alert) is { } names)
            watch.ForgetUntil(new LimitSubject(names.Kind, names.Subject), names.Limit, end);
    }

    private static AlertSignal SignalOf(in LimitSubject subject, LimitModel limit, in LimitStanding standing, int percent)
    {
        var (spent, budget) = (UsdOf(standing.Used), UsdOf(limit.Amount));
        var whose = subject is { Kind: SubjectKind.Key, Name: "" } ? "callers without a key" : $"{subject.Kind.ToString().ToLowerInvariant()} {subject.Name}";
        var what = percent >= AllSpent ? "All of it is spent" : $"{percent} % of it is spent";
        var end = standing.ResetsAt is { } at ? string.Create(CultureInfo.InvariantCulture, $" until {at.UtcDateTime:yyyy-MM-dd HH:mm} UTC") : "";
        return new AlertSignal(
            AlertType.Budget,
            $"{whose}: {limit.Name}",
            percent >= AllSpent ? AlertSeverity.Critical : AlertSeverity.Warning,
            string.Create(CultureInfo.InvariantCulture, $"{what}: {spent:0.######} of {budget:0.######} USD{end}."))
        {
            Level = percent,
            Until = standing.ResetsAt,
            Figures =
            [
                new("percent", percent), new("spent_usd", spent), new("budget_usd", budget), new("kind", subject.Kind.ToString().ToLowerInvariant()), new("name", subject.Name), new("limit", limit.Name),
            ],
        };
    }

    /// <summary>The budget an alert is about, as it is configured now; null where there is none any more.</summary>
    private (LimitSubject Subject, LimitModel Limit)? Find(Alert alert)
    {
        var router = models.Current;
        if (NamesOf(alert) is not { } names)
            return null;
        var (kind, name, limit) = names;
        foreach (var budget in LimitReader.Budgets(router, kind == SubjectKind.Key && Caller(router, name) is { } caller ? [caller] : []))
        {
            if (budget.Subject.Kind == kind && AlertText.Cut(budget.Subject.Name, AlertFigure.MaxTextLength) == name && AlertText.Cut(budget.Limit.Name, AlertFigure.MaxTextLength) == limit)
                return budget;
        }

        return null;
    }

    private static (SubjectKind Kind, string Subject, string Limit)? NamesOf(Alert alert) =>
        FigureOf(alert, "name")?.Text is { } name && FigureOf(alert, "limit")?.Text is { } limit && Enum.TryParse<SubjectKind>(FigureOf(alert, "kind")?.Text, ignoreCase: true, out var kind) ? (kind, name, limit) : null;

    private static CallerModel? Caller(RouterModel router, string name) =>
        router.CallersByKeyHash.Values.FirstOrDefault(caller => AlertText.Cut(caller.Name, AlertFigure.MaxTextLength) == name) ?? router.KeyRing.Recall(router, name);

    private static AlertFigure? FigureOf(Alert alert, string name) => alert.Figures.FirstOrDefault(figure => figure.Name == name);

    private static decimal UsdOf(long micros) => Math.Round(RequestUse.UsdOf(micros), Decimals);
}
