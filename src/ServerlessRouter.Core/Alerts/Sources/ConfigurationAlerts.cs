using System.Collections.Concurrent;
using System.Collections.Immutable;
using ServerlessRouter.Configuration;
using ServerlessRouter.Configuration.Stored;
using ServerlessRouter.Domain;

namespace ServerlessRouter.Alerts.Sources;

/// <summary>
/// Configurations that should count and that this instance cannot load. The instance that sees it says so as long as it does, because another may be able to load the same; of one that is gone the alert
/// ends by itself.
/// </summary>
/// <param name="unloaded">What is active in the store and cannot be loaded here; null where nothing is.</param>
/// <param name="models">What requests run on.</param>
/// <param name="instance">This instance.</param>
internal sealed class ConfigurationAlerts(Func<UnloadedConfiguration?> unloaded, RouterModelSource models, string instance) : IAlertSource
{
    private const string Stored = "stored configuration";
    private const string File = "configuration file";

    /// <summary>Twice as long as figures are left to stand.</summary>
    private static readonly TimeSpan Holds = AlertOptions.DefaultRefresh * 2;

    private readonly ConcurrentDictionary<string, UnloadedConfiguration> _refused = new(StringComparer.Ordinal);
    private readonly HashSet<string> _raised = new(StringComparer.Ordinal);

    /// <summary>Takes note of a file that was read: of its errors, or that it has none.</summary>
    public void Note(string version, ImmutableArray<ConfigurationProblem> errors)
    {
        if (errors.IsEmpty)
            _refused.TryRemove(File, out _);
        else
            _refused[File] = new UnloadedConfiguration(version, errors);
    }

    /// <inheritdoc/>
    public ValueTask LookAsync(AlertTurn turn, CancellationToken cancellationToken)
    {
        if (unloaded() is { } stored)
            _refused[Stored] = stored;
        else
            _refused.TryRemove(Stored, out _);
        foreach (var (subject, refused) in _refused)
        {
            _raised.Add(subject);
            turn.Raise(SignalOf(subject, refused, turn.Now));
        }

        foreach (var subject in _raised.Where(subject => !_refused.ContainsKey(subject)).ToList())
        {
            _raised.Remove(subject);
            turn.End(AlertType.Configuration, subject);
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>What is wrong stands in the log: it may quote the configuration.</summary>
    private AlertSignal SignalOf(string subject, UnloadedConfiguration refused, DateTimeOffset now)
    {
        var what = refused.Errors.IsEmpty ? "is not whole in the store" : $"has {Counted.Of(refused.Errors.Length, "error")}, the first at {refused.Errors[0].Path}";
        return new AlertSignal(
            AlertType.Configuration, subject, AlertSeverity.Critical,
            $"Version {refused.Version} {what}, on instance {instance}; requests stay on version {models.Current.Version}. The log has the errors, and so has the command validate.")
        {
            Until = now + Holds,
            Figures = [new AlertFigure("version", refused.Version), new AlertFigure("kept_version", models.Current.Version), new AlertFigure("errors", refused.Errors.Length), new AlertFigure("instance", instance)],
        };
    }
}
