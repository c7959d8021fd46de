using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Testing.Models;
using Xunit;

namespace ServerlessRouter.Core.Tests.Routing;

public sealed class CascadeOrderTests
{
    private static readonly RequestProfile Easy = new() { PromptTokens = 1000, Difficulty = 0.2f };
    private static readonly RequestProfile Hard = new() { PromptTokens = 1000, Difficulty = 0.9f };

    [Fact]
    public void Plan_Steps_GoFirstInTheirOrderWhateverTheObjectiveSays()
    {
        var run = Run(route => route.Prefer(ObjectiveNames.Quality)).Route(profile: Easy);

        Assert.Equal(["mini", "large", "other", "spare"], run.Models);
        Assert.Equal(2, run.Plan.Cascade!.Steps);
        Assert.True(run.Plan.Cascade.CanClimb);
        Assert.Equal("step 1 of 2 of the cascade", run.Plan.Candidates[0].Reason);
        Assert.Empty(run.Plan.Cascade.Skipped);
    }

    [Fact]
    public void Plan_HardRequest_OnlyTheLastStepIsAskedFirstAndTheSkippedOneComesAfterTheOthers()
    {
        var run = Run(aboveDifficulty: 0.8).Route(profile: Hard);

        Assert.Equal(["large", "other", "mini", "spare"], run.Models);
        Assert.False(run.Plan.Cascade!.CanClimb);
        Assert.Equal(new SkippedStep("mini", "difficulty 0.9 > 0.8"), Assert.Single(run.Plan.Cascade.Skipped));
    }

    [Fact]
    public void Plan_PredictedQualityIsTooLow_TheStepIsSkippedButNeverTheLast()
    {
        var run = Run(belowQuality: 0.99).Route(profile: Easy);

        Assert.Equal("large", run.Models[0]);
        Assert.Equal(["mini"], run.Plan.Cascade!.Skipped.Select(skipped => skipped.Model));
    }

    [Fact]
    public void Plan_StepIsBelowTheFloorOfTheTier_IsSkipped()
    {
        var run = new RoutingRun(Router(route => route).Key("k", "team", "gold", minimumQuality: 0.7)).Route(profile: Easy, headers: ("Authorization", "Bearer k"));

        Assert.Equal("large", run.Models[0]);
        Assert.Contains("floor of tier gold", Assert.Single(run.Plan.Cascade!.Skipped).Why, StringComparison.Ordinal);
    }

    [Fact]
    public void Plan_StepLacksACapability_TheCascadeGoesOnWithoutIt()
    {
        var run = Run().Route(fields: "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}]", profile: Easy);

        Assert.Equal("large", run.Models[0]);
        Assert.Equal(1, run.Plan.Cascade!.Steps);
    }

    [Theory]
    [InlineData("auto:floor", "", null)]
    [InlineData("auto", "\"provider\":{\"sort\":\"price\"}", null)]
    [InlineData("auto", "", "quality")]
    public void Plan_RequestAsksForAnOrder_ThereIsNoCascade(string model, string fields, string? prefer)
    {
        var run = prefer is null ? Run().Route(model, fields, Easy) : Run().Route(model, fields, Easy, ("x-router-prefer", prefer));

        Assert.Null(run.Plan.Cascade);
    }

    [Fact]
    public void Plan_RuleMatches_ThereIsNoCascade()
    {
        var condition = new ConditionModel(ConditionNames.Difficulty, null, [], 0.5, null);

        Assert.Null(Run(route => route.Rule(condition, "large")).Route(profile: Hard).Plan.Cascade);
        Assert.NotNull(Run(route => route.Rule(condition, "large")).Route(profile: Easy).Plan.Cascade);
    }

    private static RoutingRun Run(Func<RouteModelBuilder, RouteModelBuilder>? more = null, double belowQuality = 0, double aboveDifficulty = 1) =>
        new(Router(more ?? (static route => route), belowQuality, aboveDifficulty));

    private static RouterBuilder Router(Func<RouteModelBuilder, RouteModelBuilder> more, double belowQuality = 0, double aboveDifficulty = 1) => new RouterBuilder()
        .Model("other", model => model.Quality(0.7f).Can(Capabilities.Tools)).Model("mini", model => model.Quality(0.5f))
        .Model("large", model => model.Quality(0.9f).Can(Capabilities.Tools)).Model("spare", model => model.Can(Capabilities.Tools))
        .Route("auto", route => more(route.Candidates("other", "large", "mini").Fallbacks("spare").Cascade(["mini", "large"], belowQuality, aboveDifficulty)));
}
