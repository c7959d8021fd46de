using System.Globalization;
using ServerlessRouter.Configuration;

namespace ServerlessRouter.Alerts.Sources;

/// <summary>
/// Routes of which too many requests fail or are slow, over the figures of all instances. An alert ends below half of the share it begins at, or when there have been too few requests to tell for three
/// windows, so that it neither flaps nor stays for ever. Once a minute: a write where this instance had requests, and a read where it had some lately or an alert is open.
/// </summary>
internal sealed class RouteAlerts(RouteTraffic traffic, TrafficRows rows, RouterModelSource models) : IAlertSource
{
    private const double EndShare = 0.5;
    private const int SparseWindows = 3;

    /// <summary>The longest window there may be.</summary>
    private static readonly TimeSpan MaxWindow = TimeSpan.FromHours(1);

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(55);

    private readonly Dictionary<(AlertType, string), DateTimeOffset> _sparseSince = [];
    private DateTimeOffset _lastLook = DateTimeOffset.MinValue;
    private DateTimeOffset _lastSweep = DateTimeOffset.MinValue;

    /// <inheritdoc/>
    public async ValueTask LookAsync(AlertTurn turn, CancellationToken cancellationToken)
    {
        if (turn.Now - _lastLook < Interval && turn.Now >= _lastLook)
            return;
        var oldest = RouteTraffic.MinuteOf(turn.Now) - MaxWindow;
        await WriteAsync(turn.Now, oldest, cancellationToken).ConfigureAwait(false);
        var alerts = models.Current.Alerts;
        var window = alerts.Errors.Window > alerts.Latency.Of.Window ? alerts.Errors.Window : alerts.Latency.Of.Window;
        if (turn.Now - traffic.LastAt <= window || turn.Board.OpenOf(AlertType.Errors).Any() || turn.Board.OpenOf(AlertType.Latency).Any())
        {
            var counts = await rows.ReadAsync(RouteTraffic.MinuteOf(turn.Now - window), cancellationToken).ConfigureAwait(false);
            Judge(turn, AlertType.Errors, alerts.Errors, Sum(counts, turn.Now - alerts.Errors.Window), static count => (count.Requests, count.Failures));
            Judge(turn, AlertType.Latency, alerts.Latency.Of, Sum(counts, turn.Now - alerts.Latency.Of.Window), static count => (count.Timed, count.Slow));
        }

        _lastLook = turn.Now;
    }

    private async ValueTask WriteAsync(DateTimeOffset now, DateTimeOffset oldest, CancellationToken cancellationToken)
    {
        // Only the minutes that may have grown since they were written.
        var minutes = traffic.Take(RouteTraffic.MinuteOf(now) - TimeSpan.FromMinutes(3));
        try
        {
            await rows.WriteAsync(minutes, oldest, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            traffic.PutBack();
            throw;
        }

        if (minutes.Count == 0 || now - _lastSweep < MaxWindow)
            return;
        await rows.ForgetAsync(oldest - MaxWindow, cancellationToken).ConfigureAwait(false);
        _lastSweep = now;
    }

    private static Dictionary<string, RouteCount> Sum(IReadOnlyList<(DateTimeOffset Minute, string Route, RouteCount Count)> counts, DateTimeOffset since)
    {
        var sums = new Dictionary<string, RouteCount>(StringComparer.Ordinal);
        foreach (var (minute, route, count) in counts)
        {
            if (minute > since)
                sums[route] = sums.GetValueOrDefault(route) + count;
        }

        return sums;
    }

    private void Judge(AlertTurn turn, AlertType type, AlertShareModel rule, Dictionary<string, RouteCount> sums, Func<RouteCount, (long All, long Bad)> read)
    {
        foreach (var (route, sum) in sums)
        {
            var (all, bad) = read(sum);
            if (all >= rule.MinRequests && (double)bad / all >= rule.Share)
                turn.Raise(SignalOf(type, route, rule, all, bad));
        }

        foreach (var row in turn.Board.OpenOf(type))
        {
            var route = row.Alert.Subject;
            var (all, bad) = read(sums.GetValueOrDefault(route));
            if (all >= rule.MinRequests)
            {
                _sparseSince.Remove((type, route));
                if ((double)bad / all < rule.Share * EndShare)
                    turn.End(type, route);
            }
            else if (!_sparseSince.TryAdd((type, route), turn.Now) && turn.Now - _sparseSince[(type, route)] >= SparseWindows * rule.Window)
            {
                _sparseSince.Remove((type, route));
                turn.End(type, route);
            }
        }
    }

    private AlertSignal SignalOf(AlertType type, string route, AlertShareModel rule, long all, long bad)
    {
        var (share, minutes) = (Math.Round((decimal)bad / all, 4), rule.Window.TotalMinutes);
        var seconds = type == AlertType.Latency ? (models.Current.Routes.FirstOrDefault(one => one.Name == route) is { } known ? models.Current.Alerts.Latency.SlowOn(known) : null as TimeSpan?)?.TotalSeconds : null;
        var slow = seconds is null ? "are slow" : string.Create(CultureInfo.InvariantCulture, $"took {seconds:0.##} s or longer");
        var what = type == AlertType.Errors ? "failed, for another reason than their callers" : slow;
        return new AlertSignal(
            type, route, (double)share >= rule.CriticalShare ? AlertSeverity.Critical : AlertSeverity.Warning,
            string.Create(CultureInfo.InvariantCulture, $"{bad} of {all} requests of the last {minutes:0.#} minutes {what}: {share * 100:0.#} %, and {rule.Share * 100:0.#} % are too many."))
        {
            Figures =
            [
                new("requests", all), new(type == AlertType.Errors ? "failures" : "slow", bad), new("share", share), new("threshold", (decimal)rule.Share), new("window_minutes", (decimal)minutes),
                .. seconds is { } slowSeconds ? [new AlertFigure("slow_seconds", (decimal)slowSeconds)] : Array.Empty<AlertFigure>(),
            ],
        };
    }
}
