using System.CommandLine;
using ServerlessRouter.Configuration.Loading;
using ServerlessRouter.LocalHost.Starting;

namespace ServerlessRouter.LocalHost.CommandLine;

/// <summary><c>init</c>: what the router would run on without a file, as a file to go on from.</summary>
internal static class InitCommand
{
    public static Command Create(Func<string, string?> variable)
    {
        var output = new Option<FileInfo>("--output", "-o") { Description = $"Where it goes; left out: {ConfigurationText.DefaultName} in the current folder." };
        var force = new Option<bool>("--force") { Description = "Write over a file that is there." };
        var command = new Command("init", "Write a router.json for the vendors whose keys are in the environment.") { output, force };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var console = parsed.InvocationConfiguration;
            var path = parsed.GetValue(output)?.FullName ?? Path.GetFullPath(ConfigurationText.DefaultName);
            if (File.Exists(path) && !parsed.GetValue(force))
            {
                await console.Error.WriteLineAsync($"{path} is there already. Write over it with --force, or give --output another name.");
                return 1;
            }

            var found = await EnvironmentConfiguration.FindAsync(variable, new ModelServers(), LocalRouterOptions.DefaultUrl, cancellationToken);
            if (found.IsSimulated)
                await File.WriteAllTextAsync(path, SimulatedConfiguration.AsFile((found.Text ?? BuiltInConfiguration.Read()).Span), cancellationToken);
            else
                await File.WriteAllBytesAsync(path, found.Text!.Value, cancellationToken);
            var schema = await SchemaFile.WriteBesideAsync(path, cancellationToken);
            foreach (var vendor in found.Vendors)
                await console.Output.WriteLineAsync($"Found   {vendor}");
            foreach (var note in found.Notes)
                await console.Output.WriteLineAsync($"Note    {note}");
            if (found.IsSimulated)
                await console.Output.WriteLineAsync($"Found   no vendor, so the models are simulated: set a key ({StartupBanner.KeyExamples}) and try again");
            if (schema is not null)
                await console.Output.WriteLineAsync($"Written {schema}, which tells an editor what may stand in it");
            await console.Output.WriteLineAsync($"Written {path}. Check it with: serverless-router doctor; serve it with: serverless-router");
            return 0;
        });
        return command;
    }
}
