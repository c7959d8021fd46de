using System.CommandLine;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using ServerlessRouter.Configuration;
using ServerlessRouter.Errors;
using ServerlessRouter.LocalHost.Starting;

namespace ServerlessRouter.LocalHost.CommandLine;

/// <summary><c>doctor</c>: asks one question of a few tokens at each provider, as the router would ask it, and says what to mend.</summary>
internal static class DoctorCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Command Create(Func<string, string?> variable)
    {
        var configuration = new Option<FileInfo>(ServeCommand.ConfigurationOption) { Description = "The configuration; left out: router.json in the current folder, else what the environment says." };
        var json = new Option<bool>("--json") { Description = "Print JSON for programs." };
        var command = new Command("doctor", "Ask each provider one short question, which costs a few tokens, and say what to mend; exit code 1 where one fails.") { configuration, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var console = parsed.InvocationConfiguration;
            try
            {
                var path = ConfigurationText.FindPath(parsed.GetValue(configuration));
                var loaded = await ConfigurationText.LoadAsync(path, variable, cancellationToken);
                if (loaded.Model is not { } router)
                {
                    await console.Error.WriteLineAsync(ConfigurationText.Describe(path, loaded));
                    return 1;
                }

                var findings = await ExamineAsync(router, cancellationToken);
                await console.Output.WriteLineAsync(parsed.GetValue(json) ? Json(findings) : Table(findings, path));
                return findings.All(static finding => finding.Remedy is null) ? 0 : 1;
            }
            catch (StartRefusedException refused)
            {
                await console.Error.WriteLineAsync(refused.Message);
                return 1;
            }
        });
        return command;
    }

    /// <param name="Provider">Who was asked.</param>
    /// <param name="Deployment">What was asked; null where the provider has nothing that answers.</param>
    /// <param name="Milliseconds">How long it took.</param>
    /// <param name="Failure">How it failed; null where it answered.</param>
    private sealed record Finding(ProviderModel Provider, DeploymentModel? Deployment, double Milliseconds, AttemptFailure? Failure)
    {
        /// <summary>What to mend; null where nothing is to be mended.</summary>
        public string? Remedy => Failure is null ? null : ProviderRemedies.Of(Failure, Provider, Deployment!);
    }

    private static async Task<IReadOnlyList<Finding>> ExamineAsync(RouterModel router, CancellationToken cancellationToken)
    {
        await using var services = RouterServices.Create(new RouterServicesOptions { Models = new RouterModelSource(router) });
        return await Task.WhenAll(router.Providers.Select(async provider =>
        {
            var cheapest = router.Models.Where(static model => model.AnswersChat)
                .SelectMany(static model => model.Deployments.Select(deployment => (Model: model, Deployment: deployment)))
                .Where(one => one.Deployment.Provider == provider)
                .OrderBy(static one => one.Model.Price.OutputPerMillion)
                .FirstOrDefault();
            if (cheapest.Deployment is null)
                return new Finding(provider, null, 0, null);
            var start = TimeProvider.System.GetTimestamp();
            var failure = await services.TryAsync(cheapest.Model, cheapest.Deployment, Patience, cancellationToken);
            return new Finding(provider, cheapest.Deployment, TimeProvider.System.GetElapsedTime(start).TotalMilliseconds, failure);
        }));
    }

    private static string Table(IReadOnlyList<Finding> findings, string? path)
    {
        var width = findings.Max(static finding => finding.Provider.Name.Length);
        var lines = findings.Select(finding => finding switch
        {
            { Deployment: null } => $"-     {finding.Provider.Name.PadRight(width)}  not asked: no model that answers chats is at it",
            { Remedy: { } remedy } => $"fails {finding.Provider.Name.PadRight(width)}  {finding.Deployment.Name}: {remedy}",
            { Failure: { } failure } => $"ok    {finding.Provider.Name.PadRight(width)}  {finding.Deployment.Name}: {failure.Detail}",
            _ => string.Create(CultureInfo.InvariantCulture, $"ok    {finding.Provider.Name.PadRight(width)}  {finding.Deployment.Name} answered in {finding.Milliseconds:0} ms"),
        });
        return string.Join(Environment.NewLine, lines.Prepend($"Config {path ?? "from the environment, or built in"}"));
    }

    private static string Json(IReadOnlyList<Finding> findings) => new JsonObject
    {
        ["providers"] = new JsonArray([.. findings.Select(static finding => new JsonObject
        {
            ["provider"] = finding.Provider.Name,
            ["deployment"] = finding.Deployment?.Name,
            ["ok"] = finding.Deployment is null ? null : finding.Remedy is null,
            ["milliseconds"] = finding.Deployment is null ? null : Math.Round(finding.Milliseconds),
            ["failure"] = finding.Failure?.Kind.ToString(),
            ["status"] = finding.Failure?.UpstreamStatus,
            ["remedy"] = finding.Remedy,
        })]),
    }.ToJsonString(Indented);
}
