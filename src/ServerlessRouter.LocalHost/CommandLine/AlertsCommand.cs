using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using ServerlessRouter.Domain;

namespace ServerlessRouter.LocalHost.CommandLine;

/// <summary><c>alerts</c>: what is wrong, and what was; takes note of it.</summary>
internal static class AlertsCommand
{
    private const string Path = "v1/admin/alerts";

    public static Command Create(Func<string, string?> variable)
    {
        var connection = new AdminConnection(variable);
        var limit = new Option<int>("--limit") { Description = "The most alerts to list.", DefaultValueFactory = static _ => 50 };
        var all = new Option<bool>("--all") { Description = "Also those that have ended." };
        var command = connection.On(new Command("alerts", "List what is wrong, the newest first.") { limit, all });
        command.SetAction((parsed, cancellationToken) => connection.RunAsync(
            parsed, AdminCall.Get($"{Path}?state={(parsed.GetValue(all) ? "all" : "open")}&limit={parsed.GetValue(limit)}"), Table, cancellationToken));
        command.Add(CreateAcknowledge(variable));
        return command;
    }

    private static Command CreateAcknowledge(Func<string, string?> variable)
    {
        var connection = new AdminConnection(variable);
        var id = new Argument<string>("ID") { Description = "The alert's id." };
        var command = connection.On(new Command("acknowledge", "Take note of an alert in your name. It lasts until what it is about is over.") { id }, changes: true);
        command.SetAction((parsed, cancellationToken) => connection.RunAsync(
            parsed, AdminCall.Post($"{Path}/{Uri.EscapeDataString(parsed.GetRequiredValue(id))}/acknowledge"), Noted, cancellationToken));
        return command;
    }

    private static string Table(JsonNode list)
    {
        var (text, alerts) = (new StringBuilder(), list["data"]!.AsArray());
        if (alerts.Count == 0)
            return "No alert is open.";
        TextTable.AppendTo(text, ["since", "severity", "type", "subject", "state", "id"], alerts.Select(static alert => new[]
        {
            (string)alert!["since"]!, (string)alert["severity"]!, (string)alert["type"]!, (string)alert["subject"]!, State(alert), (string)alert["id"]!,
        }));
        foreach (var alert in alerts)
            text.AppendLine(CultureInfo.InvariantCulture, $"{(string)alert!["subject"]!}: {(string)alert["cause"]!}");
        text.Append(Counted.Of(alerts.Count, "alert")).Append((bool)list["has_more"]! ? "; there are more: --limit N. Figures: --json" : ". Figures: --json");
        return text.ToString();
    }

    private static string State(JsonNode alert) => (string?)alert["resolved"] is { } resolved ? $"ended {resolved}" : (string?)alert["acknowledged"]?["by"] is { } admin ? $"open, noted by {admin}" : "open";

    private static string Noted(JsonNode alert) => $"{(string)alert["id"]!} is noted by {(string)alert["acknowledged"]!["by"]!}.";
}
