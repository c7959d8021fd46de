using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using ServerlessRouter.Testing.Models;
using Xunit;

namespace ServerlessRouter.Core.Tests.Routing;

public sealed class RuleTests
{
    private static readonly ConditionModel IsCode = new(ConditionNames.Task, null, ["code"], null, null);
    private static readonly ConditionModel IsLong = new(ConditionNames.PromptTokens, null, [], 5000, null);

    private static RouterBuilder Router => new RouterBuilder()
        .Model("small", model => model.Price(1, 1)).Model("coder", model => model.Price(2, 2)).Model("large", model => model.Price(3, 3))
        .Route("auto", route => route
            .Rule([IsCode, IsLong], "large").Rule(IsCode, "large", "coder").Rule(IsLong, "small")
            .Candidates("small", "large"));

    [Fact]
    public void Plan_SeveralRulesHold_FirstWins()
    {
        var run = new RoutingRun(Router).Route(profile: new() { Task = TaskKind.Code, PromptTokens = 6000 });

        Assert.Equal(["large"], run.Models);
        Assert.Equal("routes.auto.rules[0]", run.Plan.Rule);
        Assert.Equal(["small: rule"], run.Exclusions);
    }

    [Fact]
    public void Plan_OneConditionOfARuleFails_NextRule()
    {
        var run = new RoutingRun(Router).Route(profile: new() { Task = TaskKind.Code, PromptTokens = 10 });

        Assert.Equal("routes.auto.rules[1]", run.Plan.Rule);
        Assert.Equal(["coder", "large"], run.Models);
    }

    [Fact]
    public void Plan_NoRuleHolds_Candidates()
    {
        var run = new RoutingRun(Router).Route(profile: new() { Task = TaskKind.Math, PromptTokens = 10 });

        Assert.Null(run.Plan.Rule);
        Assert.Equal(["small", "large"], run.Models);
        Assert.Empty(run.Exclusions);
    }

    [Fact]
    public void Plan_RuleLeavesOutAFallback_FallbackStays()
    {
        var router = Router.Route("safe", route => route.Rule(IsCode, "coder").Candidates("small", "large").Fallbacks("large"));

        var run = new RoutingRun(router).Route("safe", profile: new() { Task = TaskKind.Code });

        Assert.Equal(["coder", "large"], run.Models);
        Assert.Equal(["small: rule"], run.Exclusions);
        Assert.True(run.Plan.Candidates[1].IsFallback);
    }
}
