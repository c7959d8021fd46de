using Microsoft.Extensions.Logging;
using ServerlessRouter.Alerts;
using ServerlessRouter.Audit;
using ServerlessRouter.Configuration;
using ServerlessRouter.State;
using ServerlessRouter.State.Memory;
using ServerlessRouter.Telemetry;
using ServerlessRouter.Testing.Diagnostics;
using ServerlessRouter.Testing.Models;
using ServerlessRouter.Testing.Time;

namespace ServerlessRouter.Core.Tests.Alerts;

/// <summary>One instance that keeps alerts on an embedded store; a test moves its clock and takes its turns.</summary>
internal sealed class AlertScene : IDisposable
{
    public const string PrivateHost = "hooks.example.invalid";

    public static readonly AlertWebhook Receiver = new("https://hooks.example.com/alerts", AlertFormat.Standard, null);

    private readonly AlertMetrics _metrics = new();

    public AlertScene(AlertsModel? model = null, ITableStore? store = null, ManualTimeProvider? time = null, AlertOptions? options = null, LogCollector? logs = null, string webhookSecret = "a-secret-to-sign-with")
    {
        (Time, Logs) = (time ?? new ManualTimeProvider(), logs ?? new LogCollector());
        Store = store ?? new MemoryTableStore(Time);
        Models = new RouterModelSource(new RouterBuilder().Model("mini").Webhooks(webhookSecret, PrivateHost).Alerts(model ?? new AlertsModel { Webhooks = [Receiver] }).Build());
        Desk = new AlertDesk(Store, Models, options ?? new AlertOptions(), _metrics, Time, Logs.CreateLogger<AlertDesk>());
        Administration = new AlertAdministration(Store, Models, new AuditLog(Store, Time), Time);
    }

    public ManualTimeProvider Time { get; }

    public LogCollector Logs { get; }

    public ITableStore Store { get; }

    public RouterModelSource Models { get; }

    public AlertDesk Desk { get; }

    public AlertAdministration Administration { get; }

    /// <summary>Another instance over the same store and clock, or the same one after a restart.</summary>
    public AlertScene Twin() => new(Models.Current.Alerts, Store, Time, logs: Logs);

    public static AlertSignal Signal(int level = 1, string subject = "vendor/mini", AlertType type = AlertType.Breaker) =>
        new(type, subject, level < 100 ? AlertSeverity.Warning : AlertSeverity.Critical, $"It is at {level}.") { Level = level, Figures = [new AlertFigure("level", level)] };

    public async Task TurnAsync() => await Desk.Step.RunAsync(default);

    public async Task RaiseAsync(AlertSignal signal)
    {
        Desk.Raise(signal);
        await TurnAsync();
    }

    public async Task EndAsync(AlertSignal signal)
    {
        Desk.End(signal.Type, signal.Subject);
        await TurnAsync();
    }

    public async Task AdvanceAsync(TimeSpan by)
    {
        Time.Advance(by);
        await TurnAsync();
    }

    public async Task<IReadOnlyList<Alert>> ListAsync(bool isOpen = false) => (await Administration.ListAsync(isOpen, null, 1000, default)).Alerts;

    /// <summary>What is to be told of one alert after another, in the order of telling.</summary>
    public async Task<string[]> MessagesAsync()
    {
        var messages = new List<AlertMessageRow>();
        await foreach (var row in Store.QueryAsync(AlertTables.Alerts, TableQuery.InPartition(AlertTables.Now, AlertTables.WaitingMessages)))
            messages.Add(AlertMessageRow.Read(row));
        return [.. messages.OrderBy(static message => message.Told.ReportedAt).Select(static message => $"{message.Event} {message.Told.Level}")];
    }

    public IReadOnlyList<LogEntry> Lines(LogLevel level) => [.. Logs.Entries.Where(entry => entry.Level == level)];

    public void Dispose() => _metrics.Dispose();
}
