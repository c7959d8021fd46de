using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using Xunit;

namespace ServerlessRouter.Core.Tests.Configuration;

public class ConstraintsTests
{
    [Theory]
    [InlineData("routes.auto.constraints", "route auto")]
    [InlineData("tiers.pro.constraints", "tier pro")]
    public async Task Accepts_Constraints_OfRouteAndTier(string path, string owner)
    {
        var router = await new ConfigurationDraft().Set(path, """{"regions":["EASTUS2"]}""").AcceptAsync();

        var constraints = router.Routes[0].Constraints ?? router.Tiers[0].Constraints!;
        Assert.Null(constraints.Refusal(router.Providers[1]));
        Assert.Equal((ExclusionReason.Region, $"{owner} allows only EASTUS2"), constraints.Refusal(router.Providers[0]));
        Assert.Equal(path.StartsWith("routes", StringComparison.Ordinal), router.HasRouteConstraints);
    }

    [Theory]
    [InlineData("routes.auto.constraints", """{"regions":["eastus"]}""", "routes.auto.constraints.regions[0]", "\"eastus\" is not a configured region of a provider; did you mean \"eastus2\"?")]
    [InlineData("tiers.pro.constraints", """{"regions":[]}""", "tiers.pro.constraints.regions", "is empty")]
    [InlineData("routes.auto.constraints", """{"zeroDataRetention":true}""", "routes.auto.constraints", "leaves the route no deployment to call")]
    [InlineData("tiers.pro.constraints", """{"zeroDataRetention":true}""", "tiers.pro.constraints", "leaves the tier no deployment to call")]
    [InlineData("tiers.pro.constraints", """{"dataCollection":"no"}""", "tiers.pro.constraints.dataCollection", "\"no\" is not known")]
    public async Task Rejects_Constraints(string member, string json, string path, string message) =>
        await new ConfigurationDraft().Set(member, json).RejectAsync(path, message);

    [Fact]
    public async Task Accepts_SecondOpinion_WithDefaultsFilledIn()
    {
        var router = await new ConfigurationDraft().Set("routes.auto.secondOpinion", """{"model":"large"}""").AcceptAsync();

        Assert.Equal(new SecondOpinionModel(router.ModelsByName["large"], 0.5, TimeSpan.FromSeconds(2)), router.Routes[0].SecondOpinion);
    }

    [Theory]
    [InlineData("""{}""", "routes.auto.secondOpinion.model", "is missing")]
    [InlineData("""{"model":"lrge"}""", "routes.auto.secondOpinion.model", "did you mean \"large\"?")]
    [InlineData("""{"model":"mini"}""", "routes.auto.secondOpinion.model", "lacks the capability json_schema")]
    public async Task Rejects_SecondOpinion(string json, string path, string message) =>
        await new ConfigurationDraft().Set("routes.auto.secondOpinion", json).RejectAsync(path, message);

    [Fact]
    public async Task Warns_SecondOpinionThatCannotFitTheDeadline() =>
        await new ConfigurationDraft().Set("routes.auto.secondOpinion", """{"model":"large"}""").Set("routes.auto.limits", """{"deadlineSeconds":3,"firstTokenSeconds":2}""")
            .WarnAsync("routes.auto.secondOpinion.timeoutSeconds", "more than half of the deadline");

    [Fact]
    public async Task Accepts_PreferenceOfATier() =>
        Assert.Equal(CallerPreference.Factual, (await new ConfigurationDraft().Set("tiers.pro.prefer", "\"factual\"").AcceptAsync()).Tiers[0].Preference);

    [Fact]
    public async Task Rejects_UnknownPreference() => await new ConfigurationDraft().Set("tiers.pro.prefer", "\"speed\"")
        .RejectAsync("tiers.pro.prefer", "Allowed: cost, latency, quality, creative, factual, code, math, reasoning");

    [Fact]
    public void All_NamesOfPreferences_AreReadBackInTheOrderOfTheEnum() =>
        Assert.Equal(Enum.GetValues<CallerPreference>(), CallerPreferences.All.Select(static name => CallerPreferences.Parse(name)!.Value));
}
