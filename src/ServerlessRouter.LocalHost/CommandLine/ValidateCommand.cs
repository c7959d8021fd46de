using System.CommandLine;
using ServerlessRouter.Configuration;
using ServerlessRouter.Configuration.Secrets;
using ServerlessRouter.Domain;
using ServerlessRouter.LocalHost.Starting;

namespace ServerlessRouter.LocalHost.CommandLine;

/// <summary><c>validate</c>: everything that is wrong with a configuration, at once.</summary>
internal static class ValidateCommand
{
    public static Command Create()
    {
        var file = new Argument<FileInfo?>("FILE") { Description = "The configuration to check; router.json in the current folder when left out.", Arity = ArgumentArity.ZeroOrOne };
        var noSecrets = new Option<bool>("--no-secrets") { Description = "Check all but the secrets, where they are not, as in CI." };
        var command = new Command("validate", "Check a configuration; exit code 1 and every error when it is wrong.") { file, noSecrets };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            try
            {
                var path = ConfigurationText.FindPath(parsed.GetValue(file))
                    ?? throw new StartRefusedException($"Name the configuration to check: validate FILE. There is no {ConfigurationText.DefaultName} in this folder.");
                return await RunAsync(path, parsed.GetValue(noSecrets), parsed.InvocationConfiguration, cancellationToken);
            }
            catch (StartRefusedException refused)
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync(refused.Message);
                return 1;
            }
        });
        return command;
    }

    private static async Task<int> RunAsync(string path, bool isWithoutSecrets, InvocationConfiguration console, CancellationToken cancellationToken)
    {
        UncheckedSecretResolver[] assumed = isWithoutSecrets ? [new(SecretSchemes.Environment), new(SecretSchemes.KeyVault)] : [];
        var result = await ConfigurationText.LoadAsync(path, ConfigurationText.LoaderOf(path, secrets: isWithoutSecrets ? assumed : null), cancellationToken);
        foreach (var warning in result.Warnings)
            await console.Output.WriteLineAsync($"warning: {warning}");
        if (assumed.SelectMany(static resolver => resolver.Asked).ToList() is { Count: > 0 } asked)
            await console.Output.WriteLineAsync($"not checked: whether these secrets are there and can be keys: {string.Join(", ", asked)}");
        if (result.Model is not { } model)
        {
            await console.Error.WriteLineAsync(ConfigurationText.Describe(path, result));
            if (!isWithoutSecrets && result.Errors.Any(IsAboutASecret))
                await console.Error.WriteLineAsync("Where the secrets are not, as in CI, check the rest with --no-secrets.");
            return 1;
        }

        await console.Output.WriteLineAsync(
            $"{path} is valid: {Counted.Of(model.Routes.Length, "route")}, {Counted.Of(model.Models.Length, "model")}, {Counted.Of(model.Providers.Length, "provider")}, version {model.Version}");
        return 0;
    }

    private static bool IsAboutASecret(ConfigurationProblem problem) =>
        problem.Message.StartsWith("the environment variable ", StringComparison.Ordinal) || problem.Message.Contains("keyvault: secrets", StringComparison.Ordinal);
}
