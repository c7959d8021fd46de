using System.Diagnostics.Metrics;

namespace ServerlessRouter.Telemetry;

/// <summary>
/// What is counted of alerts, on the router's meter: <c>router.alerts</c>, those that are open, which every instance tells alike and so takes the maximum over instances, and
/// <c>router.alert.events</c>, which the instance counts that wrote the event down, and so the sum. Both with <c>router.alert.type</c> and <c>router.alert.severity</c>.
/// </summary>
public sealed class AlertMetrics : IDisposable
{
    /// <summary>Alerts that are open.</summary>
    public const string OpenName = "router.alerts";

    /// <summary>Alerts that began or ended, by <see cref="EventTag"/>.</summary>
    public const string EventsName = "router.alert.events";

    public const string TypeTag = "router.alert.type";
    public const string SeverityTag = "router.alert.severity";

    /// <summary><c>fired</c> or <c>resolved</c>.</summary>
    public const string EventTag = "router.alert.event";

    private readonly Meter _meter = new(RouterMetrics.MeterName);
    private readonly Counter<long> _events;

    public AlertMetrics() => _events = _meter.CreateCounter<long>(EventsName, "{alert}", "Alerts that began or ended");

    /// <summary>Tells how many are open, by type and severity, whenever a listener asks.</summary>
    public void Observe(Func<IEnumerable<(string Type, string Severity, int Count)>> open) => _meter.CreateObservableGauge(
        OpenName,
        () => open().Select(static group => new Measurement<long>(group.Count, new KeyValuePair<string, object?>(TypeTag, group.Type), new KeyValuePair<string, object?>(SeverityTag, group.Severity))),
        "{alert}",
        "Alerts that are open, the same on every instance");

    public void Fired(string type, string severity) => Count(type, severity, "fired");

    public void Resolved(string type, string severity) => Count(type, severity, "resolved");

    public void Dispose() => _meter.Dispose();

    private void Count(string type, string severity, string what) => _events.Add(1, new(TypeTag, type), new(SeverityTag, severity), new(EventTag, what));
}
