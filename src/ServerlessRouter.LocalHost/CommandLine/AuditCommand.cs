using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;
using ServerlessRouter.Domain;

namespace ServerlessRouter.LocalHost.CommandLine;

/// <summary><c>audit</c> and <c>tiers</c>: who changed what, and what keys may have.</summary>
internal static class AuditCommand
{
    public static Command Create(Func<string, string?> variable)
    {
        var connection = new AdminConnection(variable);
        var limit = new Option<int>("--limit") { Description = "The most lines to list.", DefaultValueFactory = static _ => 50 };
        var action = new Option<string>("--action") { Description = "Only this action, or those below it: key, key.create, configuration." };
        var subject = new Option<string>("--subject") { Description = "Only what was done to this: a key's name, a version." };
        var command = connection.On(new Command("audit", "List who changed what, the newest first.") { limit, action, subject });
        command.SetAction((parsed, cancellationToken) =>
        {
            var query = new StringBuilder($"v1/admin/audit?limit={parsed.GetValue(limit)}");
            foreach (var (name, value) in new[] { ("action", parsed.GetValue(action)), ("subject", parsed.GetValue(subject)) })
            {
                if (value is not null)
                    query.Append('&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
            }

            return connection.RunAsync(parsed, AdminCall.Get(query.ToString()), Lines, cancellationToken);
        });
        return command;
    }

    public static Command CreateTiers(Func<string, string?> variable)
    {
        var connection = new AdminConnection(variable);
        var command = connection.On(new Command("tiers", "List the tiers that keys may have."));
        command.SetAction((parsed, cancellationToken) => connection.RunAsync(parsed, AdminCall.Get("v1/admin/tiers"), Tiers, cancellationToken));
        return command;
    }

    private static string Lines(JsonNode list)
    {
        var (text, lines) = (new StringBuilder(), list["data"]!.AsArray());
        TextTable.AppendTo(text, ["at", "who", "action", "subject", "reason"], lines.Select(static line => new[]
        {
            (string)line!["at"]!, (string)line["who"]!, (string)line["action"]!, (string)line["subject"]!, (string?)line["reason"] ?? "",
        }));
        text.Append(Counted.Of(lines.Count, "line")).Append((bool)list["has_more"]! ? "; there are more: --limit N. What was before and after: --json" : ". What was before and after: --json");
        return text.ToString();
    }

    private static string Tiers(JsonNode list)
    {
        var (text, tiers) = (new StringBuilder(), list["data"]!.AsArray());
        TextTable.AppendTo(text, ["tier", "routes"], tiers.Select(static tier => new[]
        {
            (string)tier!["name"]!, tier["routes"] is JsonArray routes ? string.Join(", ", routes.Select(static route => (string?)route)) : "all",
        }));
        text.Append(Counted.Of(tiers.Count, "tier"));
        return text.ToString();
    }
}
