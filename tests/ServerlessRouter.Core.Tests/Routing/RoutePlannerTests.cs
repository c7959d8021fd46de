using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using ServerlessRouter.Errors;
using ServerlessRouter.Testing.Models;
using Xunit;

namespace ServerlessRouter.Core.Tests.Routing;

public sealed class RoutePlannerTests
{
    private static RouterBuilder Router => new RouterBuilder()
        .Model("mini", model => model.Quality(0.5f).Price(1, 2)).Model("middle", model => model.Quality(0.7f).Price(2, 4)).Model("large", model => model.Quality(0.9f).Price(5, 10))
        .Route("auto", route => route.Candidates("large", "mini").Fallbacks("mini", "middle"))
        .Route("best", route => route.Candidates("mini", "large").Prefer(ObjectiveNames.Quality));

    [Fact]
    public void Plan_Fallbacks_FollowOnceInTheirOrder()
    {
        var run = new RoutingRun(Router).Route();

        Assert.Equal(["mini", "large", "middle"], run.Models);
        Assert.Equal([false, false, true], run.Plan.Candidates.Select(static candidate => candidate.IsFallback));
    }

    [Fact]
    public void Plan_ModelByName_IsTheOnlyCandidate()
    {
        var run = new RoutingRun(Router).Route("middle");

        Assert.Equal(["middle"], run.Models);
        Assert.Null(run.Plan.DeploymentFilter);
        Assert.Empty(run.Plan.Exclusions);
    }

    [Theory]
    [InlineData("middle", "")]
    [InlineData("auto", "")]
    [InlineData("middle", "\"models\":[\"large\"]")]
    public void Plan_ExpectedCost_IsPromptAndTypicalAnswer(string model, string fields)
    {
        var run = new RoutingRun(Router).Route(model, fields, new() { PromptTokens = 1_000_000 / 10, Task = TaskKind.Classification });

        var middle = Assert.Single(run.Plan.Candidates, static candidate => candidate.Model.Name == "middle");
        Assert.Equal((0.1 * 2) + (20 * 4 / 1e6), middle.CostUsd, 9);
        Assert.Equal(0.7f, middle.Quality);
    }

    [Fact]
    public void Plan_ExpectedAnswer_IsBoundByTheRequest()
    {
        var run = new RoutingRun(Router).Route("middle", "\"max_tokens\":7", new() { Task = TaskKind.Creative });

        Assert.Equal(7 * 4 / 1e6, run.Plan.Candidates[0].CostUsd, 12);
    }

    [Fact]
    public void Plan_ExpectedLatency_IsOfTheFastestDeployment()
    {
        var router = new RouterBuilder().Model("m", model => model.At("a").At("b").At("c"));
        var vitals = new KnownVitals().Set("a/m", 1, 100).Set("b/m", 0.5, 20);

        var run = new RoutingRun(router, vitals).Route("m", "\"max_tokens\":100");

        Assert.Equal(2.0, run.Plan.Candidates[0].LatencySeconds!.Value, 9);
    }

    [Fact]
    public void Models_AreTriedInTheirOrder_ObjectiveOnlyInsideARoute()
    {
        var run = new RoutingRun(Router).Route("best", """
            "models":["middle","best","mini"]
            """);

        Assert.Equal(["large", "mini", "middle"], run.Models);
        Assert.Equal([false, false, true], run.Plan.Candidates.Select(static candidate => candidate.IsFallback));
    }

    [Fact]
    public void Models_DearerBeforeCheaper_OrderStands() => Assert.Equal(["middle", "large", "mini"], new RoutingRun(Router).Route("middle", """
        "models":["large","mini"]
        """).Models);

    [Fact]
    public void Models_RoutesFallbacks_ComeAfterTheCallersOwn()
    {
        var router = Router.Model("extra").Route("short", route => route.Candidates("mini").Fallbacks("extra"));

        Assert.Equal(["mini", "middle", "extra"], new RoutingRun(router).Route("short", "\"models\":[\"middle\"]").Models);
    }

    [Fact]
    public void Models_UnknownOrForbidden_AreSkippedWithAReason()
    {
        var run = new RoutingRun(Router.Anonymous(0, "middle", "large")).Route("middle", """
            "models":["nowhere","mini","large"]
            """);

        Assert.Equal(["middle", "large"], run.Models);
        Assert.Equal(["nowhere: unknown_model", "mini: tier"], run.Exclusions);
    }

    [Fact]
    public void Models_WithoutModel_NamesBeforeTheFirstUsableOneAreExplained()
    {
        var run = new RoutingRun(Router).Route("", """
            "models":["nowhere","mini","large"]
            """);

        Assert.Equal(["mini", "large"], run.Models);
        Assert.Equal(["nowhere: unknown_model"], run.Exclusions);
    }

    [Fact]
    public void Models_OthersCannotAnswerEither_ErrorNamesEach()
    {
        var error = new RoutingRun(Router).Refuse("mini", "\"models\":[\"nowhere\",\"large\"]", new() { Needs = Capabilities.Audio });

        Assert.Equal(RouterErrorCode.ConstraintFiltered, error.Code);
        Assert.Equal(["capability: audio (mini, large)", "unknown_model: neither a route nor a model (nowhere)"], error.ExcludedBy);
    }

    [Fact]
    public void Models_WithASuffix_SortsOnlyThatRoute() =>
        Assert.Equal(["middle", "mini", "large"], new RoutingRun(Router).Route("middle", "\"models\":[\"best:floor\"]").Models);

    [Theory]
    [InlineData("best:floor", "mini", "sort:price")]
    [InlineData("auto:exacto", "large", "sort:exacto")]
    [InlineData("auto:nitro", "large", "sort:throughput")]
    public void Suffix_OverridesTheObjective(string model, string first, string objective)
    {
        var vitals = new KnownVitals().Set("simulated/large", 1, 90).Set("simulated/mini", 0.1, 20);

        var run = new RoutingRun(Router, vitals).Route(model, headers: ("x-router-prefer", "latency"));

        Assert.Equal(first, run.Models[0]);
        Assert.Equal(objective, run.Plan.Objective);
    }

    [Fact]
    public void Suffix_RoutesFloorGivesWayTiersDoesNot()
    {
        var router = Router.Route("fine", route => route.Candidates("large", "mini").Prefer(ObjectiveNames.Cost, 0.8));

        Assert.Equal("large", new RoutingRun(router).Route("fine").Models[0]);
        Assert.Equal("mini", new RoutingRun(router).Route("fine:floor").Models[0]);
        Assert.Equal("large", new RoutingRun(router.Anonymous(minimumQuality: 0.8)).Route("fine:floor").Models[0]);
    }

    [Fact]
    public void Suffix_Nitro_RanksDeploymentsByThroughputWithTheUnmeasuredFirst()
    {
        var vitals = new KnownVitals().Set("a/m", 1, 20).Set("b/m", 1, 80);
        var run = new RoutingRun(new RouterBuilder().Model("m", model => model.At("a").At("b").At("c")), vitals).Route("m:nitro");

        Assert.Equal(["c/m", "b/m", "a/m"], RankedDeployments(run));
    }

    private static IEnumerable<string> RankedDeployments(RoutingRun run)
    {
        var model = run.Plan.Candidates[0].Model;
        return model.Deployments.OrderBy(deployment => run.Plan.DeploymentFilter!.Rank(model, deployment)).Select(static deployment => deployment.Id);
    }
}
