using System.CommandLine;

namespace ServerlessRouter.LocalHost.CommandLine;

/// <summary><c>validate</c>: everything that is wrong with a configuration, at once.</summary>
internal static class ValidateCommand
{
    public static Command Create()
    {
        var file = new Argument<FileInfo>("FILE") { Description = "The configuration to check." };
        var command = new Command("validate", "Check a configuration; exit code 1 and every error when it is wrong.") { file };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var path = parsed.GetRequiredValue(file).FullName;
            var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            try
            {
                var result = await ConfigurationText.LoadAsync(path, cancellationToken);
                foreach (var warning in result.Warnings)
                    await output.WriteLineAsync($"warning: {warning}");
                if (result.Model is not { } model)
                {
                    await error.WriteLineAsync(ConfigurationText.Describe(path, result));
                    return 1;
                }

                await output.WriteLineAsync($"{path} is valid: {model.Routes.Length} route(s), {model.Models.Length} model(s), {model.Providers.Length} provider(s), version {model.Version}");
                return 0;
            }
            catch (StartRefusedException refused)
            {
                await error.WriteLineAsync(refused.Message);
                return 1;
            }
        });
        return command;
    }
}
