namespace ServerlessRouter.Alerts;

/// <summary>
/// What becomes of an alert when something is told of it or time passes: pure, so that every instance decides the same. What comes back soon after its end is the same alert, and its receivers
/// are told of it once its quiet time is over, if it still lasts then, or at once where it is critical now and was not; so however fast something comes and goes, in a quiet time they are told
/// once that it began and once that it ended.
/// </summary>
/// <param name="now">UTC.</param>
/// <param name="quiet">For how long what comes back is the same alert.</param>
/// <param name="refresh">How old the figures of one that goes on may be.</param>
internal readonly struct AlertCourse(DateTimeOffset now, TimeSpan quiet, TimeSpan refresh)
{
    private const int MaxSubjectLength = 512;
    private const int MaxCauseLength = 1024;

    /// <summary>A subject as rows have it.</summary>
    public static string SubjectOf(string subject) => AlertText.Cut(subject, MaxSubjectLength);

    /// <summary>Something is wrong. Null where the row says so already.</summary>
    public AlertChange? Raise(AlertRow? row, AlertSignal signal)
    {
        if (row is null)
            return Begin(signal);
        if (!row.IsOpen)
            return ComeBack(row, signal);
        var isWorse = signal.Level > row.Level;
        var isNews = isWorse || signal.Level < row.Level || signal.Until != row.Until || !signal.Figures.SequenceEqual(row.Alert.Figures) || Cause(signal) != row.Alert.Cause;
        if (!isNews || (!isWorse && now - row.RefreshedAt < refresh))
            return null;
        var refreshed = Take(row, signal);
        // One that came back is told of when its quiet time is over, but a worse one than they know at once.
        return isWorse && signal.Level > row.ReportedLevel && row.ReportedLevel > 0 ? Report(refreshed, AlertEvent.Worsened) : new AlertChange(refreshed, null);
    }

    /// <summary>It is over. Null where the row says so already.</summary>
    public AlertChange? End(AlertRow row)
    {
        if (!row.IsOpen)
            return null;
        var ended = row with { Alert = row.Alert with { Resolved = now } };
        // Of one that came back and went before its receivers were told there is nothing to tell.
        return row.ReportedLevel > 0 ? Report(ended, AlertEvent.Resolved) : new AlertChange(ended, null);
    }

    /// <summary>Time has passed. Null where that changes nothing.</summary>
    public AlertChange? Pass(AlertRow row)
    {
        if (!row.IsOpen)
            return null;
        if (row.Until <= now)
            return End(row);
        return row.ReportedLevel == 0 && now - row.ReportedAt >= quiet ? Report(row, AlertEvent.Fired) : null;
    }

    private AlertChange Begin(AlertSignal signal)
    {
        var subject = SubjectOf(signal.Subject);
        var alert = new Alert(AlertTables.IdOf(signal.Type, subject, now), signal.Type, subject)
        {
            Severity = signal.Severity, Figures = signal.Figures, Cause = Cause(signal), Since = signal.Since ?? now,
        };
        return Report(new AlertRow(alert, signal.Level) { Until = signal.Until, RefreshedAt = now }, AlertEvent.Fired);
    }

    private AlertChange ComeBack(AlertRow row, AlertSignal signal)
    {
        var back = Take(row, signal) with { ReportedLevel = 0 };
        return signal.Severity > row.Alert.Severity ? Report(back, AlertEvent.Fired) : new AlertChange(back, null);
    }

    private AlertRow Take(AlertRow row, AlertSignal signal) => row with
    {
        Alert = row.Alert with { Severity = signal.Severity, Figures = signal.Figures, Cause = Cause(signal), Resolved = null },
        Level = signal.Level,
        Until = signal.Until,
        RefreshedAt = now,
    };

    private AlertChange Report(AlertRow row, AlertEvent what) => new(
        row with { ReportedLevel = what == AlertEvent.Resolved ? 0 : row.Level, ReportedAt = now, Reports = row.Reports + 1 }, what);

    private static string Cause(AlertSignal signal) => AlertText.Cut(signal.Cause, MaxCauseLength);
}

/// <summary>A row as it is to be.</summary>
/// <param name="Row">The row.</param>
/// <param name="Event">What receivers are told of it; null for nothing.</param>
internal readonly record struct AlertChange(AlertRow Row, AlertEvent? Event);

/// <summary>What is told of an alert.</summary>
internal enum AlertEvent
{
    Fired,

    /// <summary>It goes on and is worse.</summary>
    Worsened,
    Resolved,
}
