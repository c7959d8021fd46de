using ServerlessRouter.Configuration.Loading;
using ServerlessRouter.Providers;
using Xunit;

namespace ServerlessRouter.Core.Tests.Configuration;

public class BuiltInConfigurationTests
{
    [Fact]
    public async Task Read_Loaded_HasNothingToComplainAbout()
    {
        var result = await new RouterConfigLoader(ProviderKinds.All, []).LoadAsync(BuiltInConfiguration.Read());

        Assert.Empty(result.Errors);
        Assert.Empty(result.Warnings);
    }

    [Fact]
    public async Task Read_Loaded_OffersThreeRoutesOverThreeModelsAndVectors()
    {
        var router = (await new RouterConfigLoader(ProviderKinds.All, []).LoadAsync(BuiltInConfiguration.Read())).Model!;

        Assert.Equal(["auto", "fast", "best"], router.Routes.Select(route => route.Name));
        Assert.Equal(["swift", "steady", "profound", "vectors"], router.Models.Select(model => model.Name));
        Assert.Equal(2, router.ModelsByName["swift"].Deployments.Length);
        Assert.Contains(router.Providers, provider => provider.Simulation!.FailureRate > 0);
        Assert.Empty(router.CallersByKeyHash);
    }
}
