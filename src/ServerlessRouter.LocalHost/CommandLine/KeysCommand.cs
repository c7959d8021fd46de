using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using ServerlessRouter.Domain;

namespace ServerlessRouter.LocalHost.CommandLine;

/// <summary><c>keys</c>: issues keys to callers, and takes them away.</summary>
internal static class KeysCommand
{
    private const string Path = "v1/admin/keys";

    public static Command Create(Func<string, string?> variable)
    {
        var connection = new AdminConnection(variable);
        var command = new Command("keys", "Issue keys to callers, change what they may do, and take them away.");
        command.Add(CreateList(connection));
        command.Add(CreateIssue(connection));
        command.Add(CreateOne(connection, "show", "Show a key, without the key itself.", HttpMethod.Get, ""));
        command.Add(CreateChange(connection));
        command.Add(CreateRotate(connection));
        command.Add(CreateOne(connection, "disable", "Let a key be accepted no longer, for now.", HttpMethod.Post, "/disable"));
        command.Add(CreateOne(connection, "enable", "Let a key be accepted again.", HttpMethod.Post, "/enable"));
        command.Add(CreateOne(connection, "delete", "Take a key away for good.", HttpMethod.Delete, ""));
        return command;
    }

    private static Command CreateList(AdminConnection connection)
    {
        var limit = new Option<int>("--limit") { Description = "The most keys to list.", DefaultValueFactory = static _ => 1000 };
        var command = connection.On(new Command("list", "List the keys that were issued, the newest first.") { limit });
        command.SetAction((parsed, cancellationToken) => connection.RunAsync(parsed, AdminCall.Get($"{Path}?limit={parsed.GetValue(limit)}"), Table, cancellationToken));
        return command;
    }

    private static Command CreateIssue(AdminConnection connection)
    {
        var (name, terms) = (NameArgument("What usage, limits and messages call its holder."), new TermsOptions());
        var command = connection.On(terms.On(new Command("create", "Issue a key. It is printed this once.") { name }), changes: true);
        command.SetAction((parsed, cancellationToken) =>
        {
            var (body, fault) = terms.Read(parsed);
            if (fault is not null)
                return RefuseAsync(parsed, fault);
            body!["name"] = parsed.GetRequiredValue(name);
            return connection.RunAsync(parsed, AdminCall.Post(Path, body.ToJsonString()), Sheet, cancellationToken);
        });
        return command;
    }

    private static Command CreateChange(AdminConnection connection)
    {
        var (name, terms) = (NameArgument("The key's name or id."), new TermsOptions());
        var command = connection.On(terms.On(new Command("change", "Change what a key may do; what is not named stays.") { name }), changes: true);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var (body, fault) = terms.Read(parsed);
            return fault is not null
                ? await RefuseAsync(parsed, fault)
                : await ForOneAsync(connection, parsed, name, id => new AdminCall(HttpMethod.Patch, $"{Path}/{id}", body!.ToJsonString()), cancellationToken);
        });
        return command;
    }

    private static Command CreateRotate(AdminConnection connection)
    {
        var name = NameArgument("The key's name or id.");
        var overlap = new Option<int>("--overlap-seconds") { Description = "How long the key before is still accepted; left out: not at all." };
        var command = connection.On(new Command("rotate", "Give a key another secret. It is printed this once.") { name, overlap }, changes: true);
        command.SetAction((parsed, cancellationToken) => ForOneAsync(
            connection, parsed, name, id => AdminCall.Post($"{Path}/{id}/rotate", new JsonObject { ["overlapSeconds"] = parsed.GetValue(overlap) }.ToJsonString()), cancellationToken));
        return command;
    }

    private static Command CreateOne(AdminConnection connection, string verb, string description, HttpMethod method, string end)
    {
        var name = NameArgument("The key's name or id.");
        var command = connection.On(new Command(verb, description) { name }, changes: method != HttpMethod.Get);
        command.SetAction((parsed, cancellationToken) => ForOneAsync(connection, parsed, name, id => new AdminCall(method, $"{Path}/{id}{end}"), cancellationToken));
        return command;
    }

    private static Argument<string> NameArgument(string description) => new("NAME") { Description = description };

    /// <summary>People know keys by name, the API by id.</summary>
    private static async Task<int> ForOneAsync(AdminConnection connection, ParseResult parsed, Argument<string> name, Func<string, AdminCall> call, CancellationToken cancellationToken)
    {
        var asked = parsed.GetRequiredValue(name);
        var (id, fault) = asked.StartsWith("key_", StringComparison.Ordinal) ? (asked, null) : await FindAsync(connection, parsed, asked, cancellationToken);
        return id is null ? await RefuseAsync(parsed, fault!) : await connection.RunAsync(parsed, call(Uri.EscapeDataString(id)), Sheet, cancellationToken);
    }

    private static async Task<(string? Id, string? Fault)> FindAsync(AdminConnection connection, ParseResult parsed, string name, CancellationToken cancellationToken)
    {
        var after = "";
        while (true)
        {
            var (page, fault) = await connection.AskAsync(parsed, AdminCall.Get($"{Path}?limit=1000{after}"), cancellationToken);
            if (page is null)
                return (null, fault);
            if (page["data"]!.AsArray().FirstOrDefault(key => (string?)key!["name"] == name) is { } found)
                return ((string)found["id"]!, null);
            if (!(bool)page["has_more"]!)
                return (null, $"There is no key '{name}' among those that were issued. See: keys list. Keys of the configuration are changed there.");
            after = $"&after={(string)page["last_id"]!}";
        }
    }

    private static async Task<int> RefuseAsync(ParseResult parsed, string fault)
    {
        await parsed.InvocationConfiguration.Error.WriteLineAsync(fault);
        return 1;
    }

    private static string Table(JsonNode list)
    {
        var (text, keys) = (new StringBuilder(), list["data"]!.AsArray());
        TextTable.AppendTo(text, ["name", "tier", "routes", "expires", "state", "created", "by", "id"], keys.Select(static key => new[]
        {
            Text(key, "name"), Text(key, "tier", "default"), key!["routes"] is JsonArray routes ? string.Join(", ", routes.Select(static route => (string?)route)) : "all of its tier", Text(key, "expires", "never"),
            (bool?)key["disabled"] == true ? "disabled" : "enabled", Text(key, "created_at"), Text(key, "created_by"), Text(key, "id"),
        }));
        text.Append(Counted.Of(keys.Count, "key"));
        if ((bool?)list["has_more"] == true)
            text.Append("; there are more: --limit N");
        return text.ToString();
    }

    private static string Sheet(JsonNode key)
    {
        if ((bool?)key["deleted"] == true)
            return $"{Text(key, "id")} is deleted.";
        var text = new StringBuilder();
        foreach (var (name, value) in key.AsObject())
        {
            if (name is not ("object" or "key"))
                text.AppendLine(CultureInfo.InvariantCulture, $"{name,-24} {(value is JsonValue ? value.ToString() : value?.ToJsonString())}");
        }

        text.Append((string?)key["key"] is { } secret ? $"\n{secret}\n\nThis is the key. It is not kept and cannot be shown again." : "The key itself is not kept and cannot be shown.");
        return text.ToString();
    }

    private static string Text(JsonNode? node, string name, string otherwise = "") => (string?)node?[name] ?? otherwise;
}
