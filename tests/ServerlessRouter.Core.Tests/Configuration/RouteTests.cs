using ServerlessRouter.Configuration;
using Xunit;

namespace ServerlessRouter.Core.Tests.Configuration;

public class RouteTests
{
    [Fact]
    public async Task Accepts_RouteWithDefaultsFilledIn()
    {
        var auto = (await new ConfigurationDraft().AcceptAsync()).Routes[0];

        Assert.Equal(["mini", "large"], auto.Candidates.Select(model => model.Name));
        Assert.Equal(["large"], auto.Fallbacks.Select(model => model.Name));
        Assert.Equal(new ObjectiveModel { Policy = ObjectiveNames.Cost, MinimumQuality = 0.7 }, auto.Objective);
        Assert.Equal(RouteLimits.Default, auto.Limits);
        Assert.False(auto.MovesOnAfterContentFilter);
        Assert.True(auto.NeedsProfile);
    }

    [Fact]
    public async Task Accepts_EveryModelAsItsOwnRoute()
    {
        var router = await new ConfigurationDraft().AcceptAsync();

        Assert.Equal(["auto", "large", "mini"], router.Targets.Keys.Order());
        var mini = router.Targets["mini"];
        Assert.True(mini.IsImplicit);
        Assert.False(mini.NeedsProfile);
        Assert.Same(router.ModelsByName["mini"], Assert.Single(mini.Candidates));
    }

    [Fact]
    public async Task Accepts_LimitsInWrittenUnits()
    {
        var limits = (await new ConfigurationDraft()
            .Set("routes.auto.limits", """{"attempts":2,"deadlineSeconds":30,"firstTokenSeconds":2.5,"stallSeconds":5,"costUsd":0.25}""").AcceptAsync()).Routes[0].Limits;

        Assert.Equal(new RouteLimits(2, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(2.5), TimeSpan.FromSeconds(5), 0.25m), limits);
    }

    [Theory]
    [InlineData("""{"weights":{"quality":2,"cost":1}}""", ObjectiveNames.Weighted)]
    [InlineData("""{"prefer":"latency"}""", ObjectiveNames.Latency)]
    [InlineData("""{"minimumQuality":0.5}""", ObjectiveNames.Cost)]
    public async Task Accepts_Objective(string objective, string policy) =>
        Assert.Equal(policy, (await new ConfigurationDraft().Set("routes.auto.objective", objective).AcceptAsync()).Routes[0].Objective.Policy);

    [Fact]
    public async Task Accepts_RouteWithoutObjective_InTheOrderWritten() =>
        Assert.Equal(ObjectiveNames.Order, (await new ConfigurationDraft().Remove("routes.auto.objective").AcceptAsync()).Routes[0].Objective.Policy);

    [Fact]
    public async Task Accepts_OnContentFilterNext() =>
        Assert.True((await new ConfigurationDraft().Set("routes.auto.onContentFilter", "\"next\"").AcceptAsync()).Routes[0].MovesOnAfterContentFilter);

    [Theory]
    [InlineData("routes.auto.candidates.0", "\"mni\"", "routes.auto.candidates[0]", "\"mni\" is not a configured model; did you mean \"mini\"? Allowed: mini, large")]
    [InlineData("routes.auto.candidates.0", "\"large\"", "routes.auto.candidates[1]", "stands in the list already")]
    [InlineData("routes.auto.candidates", "[]", "routes.auto.candidates", "is empty")]
    [InlineData("routes.auto.fallbacks.0", "\"auto\"", "routes.auto.fallbacks[0]", "\"auto\" is a route; only models can stand here")]
    [InlineData("routes.auto.rules.0.use.0", "\"huge\"", "routes.auto.rules[0].use[0]", "\"huge\" is not a configured model. Allowed: mini, large")]
    public async Task Rejects_ModelReference(string member, string json, string path, string message) =>
        await new ConfigurationDraft().Set(member, json).RejectAsync(path, message);

    [Fact]
    public async Task Rejects_RouteThatLeadsNowhere() =>
        await new ConfigurationDraft().Remove("models.mini.deployments").Set("routes.hole", """{"candidates":["mini"]}""")
            .RejectAsync("routes.hole.candidates", "has no model that can be called");

    [Fact]
    public async Task Rejects_WeightsThatAreAllZero() =>
        await new ConfigurationDraft().Set("routes.auto.objective", """{"weights":{"quality":0}}""").RejectAsync("routes.auto.objective.weights", "are all zero");

    [Fact]
    public async Task Rejects_WeightsBesidePrefer() =>
        await new ConfigurationDraft().Set("routes.auto.objective.weights", """{"quality":1}""").RejectAsync("routes.auto.objective.prefer", "cannot stand beside weights");

    [Fact]
    public async Task Warns_QualityNoCandidateReaches() =>
        await new ConfigurationDraft().Set("routes.auto.objective.minimumQuality", "0.95").WarnAsync("routes.auto.objective.minimumQuality", "no candidate reaches");

    [Fact]
    public async Task Warns_FallbacksThatAddNothing() =>
        await new ConfigurationDraft().Remove("routes.auto.rules").WarnAsync("routes.auto.fallbacks", "adds nothing");

    [Fact]
    public async Task Accepts_LimitsOfStreams()
    {
        var limits = (await new ConfigurationDraft().Set("routes.auto.limits", """{"attemptSeconds":7,"idleSeconds":90,"streamSeconds":600}""").AcceptAsync()).Routes[0].Limits;

        Assert.Equal(RouteLimits.Default with { Attempt = TimeSpan.FromSeconds(7), Idle = TimeSpan.FromSeconds(90), Stream = TimeSpan.FromSeconds(600) }, limits);
    }

    [Theory]
    [InlineData("""{"attemptSeconds":200}""", "attemptSeconds", "ends every request after 120 seconds")]
    [InlineData("""{"idleSeconds":10}""", "idleSeconds", "silence never lasts the 30 seconds of stallSeconds")]
    [InlineData("""{"streamSeconds":10}""", "stallSeconds", "streamSeconds ends every stream after 10 seconds")]
    public async Task Warns_LimitsThatNeverHold(string limits, string member, string message) =>
        await new ConfigurationDraft().Set("routes.auto.limits", limits).WarnAsync($"routes.auto.limits.{member}", message);

    [Fact]
    public async Task Warns_FirstTokenAfterTheDeadline() =>
        await new ConfigurationDraft().Set("routes.auto.limits", """{"deadlineSeconds":5,"firstTokenSeconds":10}""")
            .WarnAsync("routes.auto.limits.firstTokenSeconds", "ends every request after 5 seconds");
}
