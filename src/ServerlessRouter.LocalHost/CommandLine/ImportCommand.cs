using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using ServerlessRouter.LocalHost.Importing;
using ServerlessRouter.LocalHost.Starting;

namespace ServerlessRouter.LocalHost.CommandLine;

/// <summary><c>import</c>: another product's configuration as a <c>router.json</c>, and what became of each of its settings.</summary>
internal static class ImportCommand
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Command Create(Func<string, string?> variable)
    {
        var file = new Argument<FileInfo>("FILE") { Description = "A LiteLLM config.yaml, a Portkey config, or a list of OpenRouter's models; which it is, its content tells." };
        var output = new Option<FileInfo>("--output", "-o") { Description = "Where the configuration goes; left out: it is printed, and the report goes to standard error." };
        var force = new Option<bool>("--force") { Description = "Write over a file that is there." };
        var json = new Option<bool>("--json") { Description = "Print the report as JSON for programs; without --output the configuration is part of it." };
        var command = new Command("import", "Make a router.json of a LiteLLM, Portkey or OpenRouter configuration, and list what was carried over.") { file, output, force, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            try
            {
                var request = new ImportRequest(parsed.GetRequiredValue(file).FullName, parsed.GetValue(output)?.FullName, parsed.GetValue(force), parsed.GetValue(json));
                return await RunAsync(request, variable, parsed.InvocationConfiguration, cancellationToken);
            }
            catch (StartRefusedException refused)
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync(refused.Message);
                return 1;
            }
        });
        return command;
    }

    private sealed record ImportRequest(string Path, string? OutputPath, bool MayOverwrite, bool IsJson);

    private static async Task<int> RunAsync(ImportRequest request, Func<string, string?> variable, InvocationConfiguration console, CancellationToken cancellationToken)
    {
        if (request is { OutputPath: { } taken, MayOverwrite: false } && File.Exists(taken))
            throw new StartRefusedException($"{taken} is there already. Write over it with --force, or give --output another name.");
        var text = Encoding.UTF8.GetString(await ConfigurationText.ReadAsync(request.Path, remedy: null, cancellationToken));
        var result = await ForeignConfiguration.ImportAsync(text, request.Path, variable, cancellationToken);
        if (result.Check.Model is null)
        {
            await console.Error.WriteLineAsync($"What came of {request.Path} is no valid configuration, so it was not written:");
            foreach (var error in result.Check.Errors)
                await console.Error.WriteLineAsync($"  {error}");
            return 1;
        }

        string? schema = null;
        if (request.OutputPath is { } output)
        {
            await File.WriteAllTextAsync(output, result.Text, cancellationToken);
            schema = await SchemaFile.WriteBesideAsync(output, cancellationToken);
        }
        else if (!request.IsJson)
            await console.Output.WriteAsync(result.Text);
        var report = request.IsJson ? Json(request, result) : Table(request, result, schema);
        await (request.OutputPath is null && !request.IsJson ? console.Error : console.Output).WriteLineAsync(report);
        return 0;
    }

    private static string Json(ImportRequest request, ImportResult result)
    {
        var report = new JsonObject
        {
            ["format"] = result.Format.ToWireName(),
            ["output"] = request.OutputPath,
            ["version"] = result.Check.Model!.Version,
            ["notes"] = new JsonArray([.. result.Notes.Select(static note => new JsonObject { ["outcome"] = note.Outcome.ToWireName(), ["path"] = note.Path, ["line"] = note.Line, ["text"] = note.Text })]),
            ["warnings"] = new JsonArray([.. result.Check.Warnings.Select(static warning => JsonValue.Create(warning.ToString()))]),
        };
        if (request.OutputPath is null)
            report["configuration"] = result.Json.DeepClone();
        return report.ToJsonString(Indented);
    }

    private static string Table(ImportRequest request, ImportResult result, string? schema)
    {
        var model = result.Check.Model!;
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"{result.Format.ToWireName()} configuration {request.Path}: {Counted.Of(model.Providers.Length, "provider")}, {Counted.Of(model.Models.Length, "model")}, {Counted.Of(model.Routes.Length, "route")}, {Counted.Of(model.CallersByKeyHash.Count, "key")}");
        foreach (var (outcome, title) in new[]
        {
            (ImportOutcome.Carried, "Carried over"), (ImportOutcome.Changed, "Changed"), (ImportOutcome.NoCounterpart, "Without a counterpart, or without need of one"), (ImportOutcome.ToDo, "To do before it serves"),
        })
        {
            var rows = result.Notes.Where(note => note.Outcome == outcome).OrderBy(static note => note.Line).ToList();
            if (rows.Count == 0)
                continue;
            text.AppendLine().AppendLine(title);
            var width = rows.Max(static row => row.Path.Length);
            foreach (var row in rows)
                text.AppendLine(CultureInfo.InvariantCulture, $"  {("line " + row.Line.ToString(CultureInfo.InvariantCulture)).PadRight(9)} {row.Path.PadRight(width)}  {row.Text}");
        }

        var unrated = result.Check.Warnings.Count(IsAboutQuality);
        foreach (var warning in result.Check.Warnings.Where(static warning => !IsAboutQuality(warning)))
            text.AppendLine().Append(CultureInfo.InvariantCulture, $"warning: {warning}");
        if (unrated > 0)
            text.AppendLine().Append(CultureInfo.InvariantCulture, $"{Counted.Of(unrated, "model")} without a quality; write it (models.NAME.quality) where a route is to choose by it.");
        if (schema is not null)
            text.AppendLine().Append(CultureInfo.InvariantCulture, $"Written to {schema}: what tells an editor what may stand in it.");
        text.AppendLine().Append(request.OutputPath is { } output ? $"Written to {output}. Serve it: serverless-router --config {Path.GetFileName(output)}" : "Keep it with --output router.json.");
        return text.ToString();
    }

    /// <summary>No other product knows it, so it is missing everywhere.</summary>
    private static bool IsAboutQuality(ConfigurationProblem warning) => warning.Path.EndsWith(".quality", StringComparison.Ordinal);
}
