using System.Text.RegularExpressions;
using ServerlessRouter.Configuration;
using ServerlessRouter.Configuration.Loading;
using ServerlessRouter.Configuration.Secrets;
using ServerlessRouter.Providers;
using Xunit;

namespace ServerlessRouter.Core.Tests.Deployment;

/// <summary>What azd runs around a deployment.</summary>
public sealed partial class HookTests : IDisposable
{
    private readonly HookSandbox _sandbox = new();

    public void Dispose() => _sandbox.Dispose();

    [PosixFact]
    public async Task Postprovision_FirstTime_MakesKeysAndAPepperThatAreNotShownAndAConfigurationThatLoads()
    {
        var result = await _sandbox.RunAsync("postprovision.sh");

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        var (admin, caller, pepper) = (_sandbox.Secret("router-admin-key")!, _sandbox.Secret("router-caller-key")!, _sandbox.Secret("router-key-pepper")!);
        Assert.Equal(3, new[] { admin, caller, pepper }.Distinct().Count());
        Assert.All([admin, caller, pepper], secret =>
        {
            Assert.Matches("^[0-9a-f]{64}$", secret);
            Assert.DoesNotContain(secret, result.Output + _sandbox.Calls, StringComparison.Ordinal);
        });
        await AssertLoadsAsync(_sandbox.ConfigurationPath, caller);
    }

    [PosixFact]
    public async Task Postprovision_Again_ChangesNothing()
    {
        await _sandbox.RunAsync("postprovision.sh");
        var before = (_sandbox.Secret("router-admin-key"), _sandbox.Secret("router-caller-key"), _sandbox.Secret("router-key-pepper"));
        await File.AppendAllTextAsync(_sandbox.ConfigurationPath, "// mine\n");

        var result = await _sandbox.RunAsync("postprovision.sh");

        Assert.Equal(0, result.ExitCode);
        Assert.Equal(before, (_sandbox.Secret("router-admin-key"), _sandbox.Secret("router-caller-key"), _sandbox.Secret("router-key-pepper")));
        Assert.EndsWith("// mine\n", await File.ReadAllTextAsync(_sandbox.ConfigurationPath), StringComparison.Ordinal);
    }

    [PosixFact]
    public async Task Postprovision_RoleCountsLate_WaitsForIt()
    {
        var result = await _sandbox.Given("denials", "2").RunAsync("postprovision.sh");

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("Waiting for the right to read the key vault", result.Error, StringComparison.Ordinal);
    }

    [PosixFact]
    public async Task Postprovision_RoleNeverComes_FailsAndNamesIt()
    {
        var result = await _sandbox.Given("denials", "99").RunAsync("postprovision.sh");

        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("Key Vault Secrets Officer", result.Error, StringComparison.Ordinal);
        Assert.Null(_sandbox.Secret("router-admin-key"));
    }

    [PosixFact]
    public async Task Postprovision_NoAccountOfItsOwn_MakesKeysAndSaysWhatToWrite()
    {
        var result = await _sandbox.Setting("AZURE_OPENAI_ENDPOINT", null).RunAsync("postprovision.sh");

        Assert.Equal(0, result.ExitCode);
        Assert.NotNull(_sandbox.Secret("router-admin-key"));
        Assert.False(File.Exists(_sandbox.ConfigurationPath));
        Assert.Contains("for your own models", result.Output, StringComparison.Ordinal);
    }

    [PosixFact]
    public async Task Postprovision_OtherModels_SaysThatThePricesAreNotTheirs()
    {
        var result = await _sandbox.Setting("AZURE_OPENAI_CHEAP_MODEL", "gpt-6-mini").RunAsync("postprovision.sh");

        Assert.Contains("put in those of gpt-6-mini and gpt-5.4", result.Output, StringComparison.Ordinal);
    }

    [PosixFact]
    public async Task Postprovision_ConfigurationIsNotValid_Fails()
    {
        var result = await _sandbox.Given("validity", "1").RunAsync("postprovision.sh");

        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("is not valid", result.Error, StringComparison.Ordinal);
    }

    [PosixFact]
    public async Task Postdeploy_RouterHasNoConfiguration_PutsTheFirstAsAdminAndSaysHowToCall()
    {
        await _sandbox.RunAsync("postprovision.sh");

        var result = await _sandbox.RunAsync("postdeploy.sh");

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Equal(await File.ReadAllTextAsync(_sandbox.ConfigurationPath), _sandbox.Active);
        var admin = _sandbox.Secret("router-admin-key")!;
        Assert.Equal(
            [$"GET https://router.example/v1/admin/configuration header = \"authorization: Bearer {admin}\"", $"PUT https://router.example/v1/admin/configuration header = \"authorization: Bearer {admin}\""],
            _sandbox.Requests);
        Assert.Contains("The router is at https://router.example", result.Output, StringComparison.Ordinal);
        Assert.Contains("curl https://router.example/v1/chat/completions", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(admin, result.Output + _sandbox.Calls, StringComparison.Ordinal);
        Assert.DoesNotContain(_sandbox.Secret("router-caller-key")!, result.Output, StringComparison.Ordinal);
    }

    [PosixFact]
    public async Task Postdeploy_RouterHasAConfiguration_KeepsIt()
    {
        await _sandbox.RunAsync("postprovision.sh");

        var result = await _sandbox.Given("active", "theirs").RunAsync("postdeploy.sh");

        Assert.Equal(0, result.ExitCode);
        Assert.Equal("theirs", _sandbox.Active);
    }

    [PosixFact]
    public async Task Postdeploy_FileIsNamed_MakesItTheActiveOne()
    {
        await _sandbox.RunAsync("postprovision.sh");
        await File.WriteAllTextAsync(_sandbox.PathOf("mine.json"), "mine");

        var result = await _sandbox.Given("active", "theirs").Setting("ROUTER_CONFIGURATION", "mine.json").RunAsync("postdeploy.sh");

        Assert.Equal(0, result.ExitCode);
        Assert.Equal("mine", _sandbox.Active);
    }

    [PosixFact]
    public async Task Postdeploy_RouterStillStarts_WaitsForIt()
    {
        await _sandbox.RunAsync("postprovision.sh");

        var result = await _sandbox.Given("statuses", "000\n503\n").RunAsync("postdeploy.sh");

        Assert.Equal(0, result.ExitCode);
        Assert.NotNull(_sandbox.Active);
    }

    [PosixFact]
    public async Task Postdeploy_RouterNeverStarts_FailsAndSaysWhereToLook()
    {
        await _sandbox.RunAsync("postprovision.sh");

        var result = await _sandbox.Given("statuses", "503\n503\n503\n503\n").RunAsync("postdeploy.sh");

        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("no answer but 503", result.Error, StringComparison.Ordinal);
        Assert.Contains("docs/operations.md", result.Error, StringComparison.Ordinal);
    }

    [PosixFact]
    public async Task Configure_RouterRefuses_FailsAtOnceWithItsWords()
    {
        await _sandbox.RunAsync("postprovision.sh");

        var result = await _sandbox.Given("statuses", "400\n").RunAsync("configure.sh", _sandbox.ConfigurationPath);

        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("the router's answer", result.Error, StringComparison.Ordinal);
        Assert.Single(_sandbox.Requests);
    }

    [PosixFact]
    public async Task AnyHook_SettingIsMissing_FailsAndNamesIt()
    {
        var postprovision = await _sandbox.Setting("AZURE_KEY_VAULT_NAME", null).RunAsync("postprovision.sh");
        var postdeploy = await _sandbox.RunAsync("postdeploy.sh");
        var configure = await _sandbox.Given("any", "").RunAsync("configure.sh", _sandbox.PathOf("stub", "any"));

        foreach (var result in (HookResult[])[postprovision, postdeploy, configure])
        {
            Assert.NotEqual(0, result.ExitCode);
            Assert.Contains("AZURE_KEY_VAULT_NAME", result.Error, StringComparison.Ordinal);
        }
    }

    /// <summary>As the app does it, with a vault that has the key of the hook.</summary>
    private static async Task AssertLoadsAsync(string path, string callersKey)
    {
        var text = await File.ReadAllTextAsync(path);
        Assert.DoesNotMatch(Placeholder(), text);
        var asEnvironment = System.Text.Encoding.UTF8.GetBytes(text.Replace("keyvault:router-caller-key", "env:CALLER_KEY", StringComparison.Ordinal));
        var loader = new RouterConfigLoader(ProviderKinds.All, [new EnvironmentSecretResolver(name => name == "CALLER_KEY" ? callersKey : null)], anonymousCallers: AnonymousCallers.Refused);
        var result = await loader.LoadAsync(asEnvironment);
        Assert.Empty(result.Errors);
        Assert.Empty(result.Warnings);
        Assert.Equal(KeyHash.Of(callersKey), Assert.Single(result.Model!.CallersByKeyHash).Key);
    }

    [GeneratedRegex("@[A-Z_]+@")]
    private static partial Regex Placeholder();
}
