using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;
using ServerlessRouter.Domain;

namespace ServerlessRouter.LocalHost.CommandLine;

/// <summary><c>config</c>: the configurations that a router keeps.</summary>
internal static class ConfigCommand
{
    private const string Path = "v1/admin/configuration";

    public static Command Create(Func<string, string?> variable)
    {
        var connection = new AdminConnection(variable);
        var command = new Command("config", "Read and change the configurations that a router keeps.");
        command.Add(CreateList(connection));
        command.Add(CreateShow(connection));
        command.Add(CreatePut(connection));
        command.Add(CreateActivate(connection));
        command.Add(CreateDiff(connection));
        return command;
    }

    private static Command CreateList(AdminConnection connection)
    {
        var command = connection.On(new Command("list", "List the versions, the newest first."));
        command.SetAction((parsed, cancellationToken) => connection.RunAsync(parsed, AdminCall.Get($"{Path}/versions"), Table, cancellationToken));
        return command;
    }

    private static Command CreateShow(AdminConnection connection)
    {
        var version = new Argument<string?>("VERSION") { Description = "Left out: the active one.", DefaultValueFactory = static _ => null };
        var command = connection.On(new Command("show", "Print a configuration.") { version });
        command.SetAction((parsed, cancellationToken) => connection.RunAsync(
            parsed, AdminCall.Get(parsed.GetValue(version) is { } named ? $"{Path}/versions/{Uri.EscapeDataString(named)}" : Path), AdminConnection.Indent, cancellationToken));
        return command;
    }

    private static Command CreatePut(AdminConnection connection)
    {
        var file = new Argument<FileInfo>("FILE") { Description = "A router.json." };
        var command = connection.On(new Command("put", "Check a configuration and make it the active one.") { file }, changes: true);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            try
            {
                var text = await File.ReadAllTextAsync(parsed.GetRequiredValue(file).FullName, cancellationToken);
                return await connection.RunAsync(parsed, new AdminCall(HttpMethod.Put, Path, text), Activation, cancellationToken);
            }
            catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync($"{parsed.GetRequiredValue(file)}: {unreadable.Message}");
                return 1;
            }
        });
        return command;
    }

    private static Command CreateActivate(AdminConnection connection)
    {
        var version = new Argument<string>("VERSION") { Description = "The version." };
        var command = connection.On(new Command("activate", "Make a version the active one.") { version }, changes: true);
        command.SetAction((parsed, cancellationToken) => connection.RunAsync(
            parsed, AdminCall.Post($"{Path}/versions/{Uri.EscapeDataString(parsed.GetRequiredValue(version))}/activate"), Activation, cancellationToken));
        return command;
    }

    private static Command CreateDiff(AdminConnection connection)
    {
        var version = new Argument<string>("VERSION") { Description = "The version that is compared." };
        var to = new Argument<string?>("TO") { Description = "With this one; left out: the active one.", DefaultValueFactory = static _ => null };
        var command = connection.On(new Command("diff", "List where a version and another one differ.") { version, to });
        command.SetAction((parsed, cancellationToken) => connection.RunAsync(
            parsed,
            AdminCall.Get($"{Path}/versions/{Uri.EscapeDataString(parsed.GetRequiredValue(version))}/diff{(parsed.GetValue(to) is { } other ? $"?to={Uri.EscapeDataString(other)}" : "")}"), Differences, cancellationToken));
        return command;
    }

    private static string Table(JsonNode list)
    {
        var (text, versions) = (new StringBuilder(), list["data"]!.AsArray());
        TextTable.AppendTo(text, ["version", "created", "bytes", "active since"], versions.Select(static version => new[]
        {
            (string)version!["version"]!, (string)version["created_at"]!, version["bytes"]!.ToString(), (string?)version["activated_at"] ?? "",
        }));
        text.Append(Counted.Of(versions.Count, "version")).Append(". Who activated them, and why: audit --action configuration");
        return text.ToString();
    }

    private static string Activation(JsonNode answer)
    {
        var text = new StringBuilder($"{(string)answer["version"]!} is active");
        if ((string?)answer["previous"] is { } previous)
            text.Append(", before it ").Append(previous).Append(" was");
        text.Append('.');
        foreach (var warning in answer["warnings"]!.AsArray())
            text.Append("\nwarning: ").Append((string?)warning);
        return text.ToString();
    }

    private static string Differences(JsonNode answer)
    {
        var changes = answer["data"]!.AsArray();
        if (changes.Count == 0)
            return "They say the same.";
        var text = new StringBuilder();
        foreach (var change in changes)
        {
            text.AppendLine((string?)change!["path"]);
            text.Append("  - ").AppendLine(change["before"]?.ToJsonString() ?? "(not written)");
            text.Append("  + ").AppendLine(change["after"]?.ToJsonString() ?? "(not written)");
        }

        return text.Append(Counted.Of(changes.Count, "difference")).ToString();
    }
}
