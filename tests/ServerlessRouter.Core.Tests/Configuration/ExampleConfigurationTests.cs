using ServerlessRouter.Configuration.Loading;
using ServerlessRouter.Configuration.Secrets;
using ServerlessRouter.Providers;
using Xunit;

namespace ServerlessRouter.Core.Tests.Configuration;

public class ExampleConfigurationTests
{
    public static TheoryData<string> Files =>
        [.. Directory.EnumerateFiles(Path.Combine(RepositoryFolder.Path, "docs", "examples"), "*.json").Select(file => Path.GetFileName(file))];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Example_Loaded_HasNothingToComplainAbout(string file)
    {
        var loader = new RouterConfigLoader(ProviderKinds.All, [new EnvironmentSecretResolver(name => $"the-value-of-{name}")]);

        var result = await loader.LoadAsync(await File.ReadAllBytesAsync(Path.Combine(RepositoryFolder.Path, "docs", "examples", file)));

        Assert.Empty(result.Errors);
        Assert.Empty(result.Warnings);
    }
}
