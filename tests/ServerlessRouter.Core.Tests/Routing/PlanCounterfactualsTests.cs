using ServerlessRouter.Configuration;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Testing.Models;
using Xunit;

namespace ServerlessRouter.Core.Tests.Routing;

/// <summary>Every change a plan names is made, and then the second candidate must come first.</summary>
public sealed class PlanCounterfactualsTests
{
    private const string Metadata = "x-router-metadata";

    [Fact]
    public void Find_CheapWinner_NamesTheFloorThePriceAndThePreference()
    {
        var flips = Flips(Router(static route => route.Prefer(ObjectiveNames.Cost, 0.5)));

        Assert.Equal(["minimum_quality", "cost_usd", "prefer"], flips.Select(static flip => flip.Change));
        Assert.Equal((0.5, 0.6002), (flips[0].Now, Math.Round(flips[0].Then!.Value, 4)));
        // 1,000 prompt and 300 answer tokens, at 1 USD per million the one, at 10 the other.
        Assert.Equal((0.013, 0.0013), (flips[1].Now!.Value, Math.Round(flips[1].Then!.Value, 7)));
        Assert.Contains("90.0 %", flips[1].Text, StringComparison.Ordinal);
        Assert.StartsWith("quality is preferred", flips[2].Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.6001, "mini")]
    [InlineData(0.6002, "large")]
    public void Find_FloorItNames_IsExact(double floor, string first) =>
        Assert.Equal(first, new RoutingRun(Router(route => route.Prefer(ObjectiveNames.Cost, floor))).Route().Models[0]);

    [Fact]
    public void Find_SecondIsBelowTheFloor_NamesTheFloorThatLetsItIn()
    {
        var flips = Flips(Router(static route => route.Prefer(ObjectiveNames.Cost, 0.7)));

        Assert.Equal(("minimum_quality", 0.7, 0.6), (flips[0].Change, flips[0].Now, Math.Round(flips[0].Then!.Value, 4)));
        Assert.Equal("mini", new RoutingRun(Router(static route => route.Prefer(ObjectiveNames.Cost, 0.6))).Route().Models[0]);
        Assert.Equal("quality", flips[1].Change);
        Assert.InRange(flips[1].Then!.Value, 0.6999, 0.7001);
    }

    [Fact]
    public void Find_Weighted_NamesWeightsThatTurnTheChoice()
    {
        var flips = Flips(Router(static route => route.Weights(quality: 1, cost: 1)));

        var weight = Assert.Single(flips, static flip => flip.Change == "weights.quality");
        Assert.Equal("large", new RoutingRun(Router(route => route.Weights(weight.Then!.Value, cost: 1))).Route().Models[0]);
        Assert.Equal("mini", new RoutingRun(Router(route => route.Weights(weight.Then!.Value - 0.01, cost: 1))).Route().Models[0]);
        Assert.Contains(flips, static flip => flip.Change == "weights.cost" && flip.Then < flip.Now);
    }

    [Fact]
    public void Find_FasterWinner_NamesTheSecondsToBeat()
    {
        var vitals = new KnownVitals().Set("simulated/mini", 0.5, 100).Set("simulated/large", 1, 100);

        var flips = Flips(Router(static route => route.Prefer(ObjectiveNames.Latency)), vitals);

        var latency = Assert.Single(flips, static flip => flip.Change == "latency_seconds");
        Assert.Equal((4, 3.5), (Math.Round(latency.Now!.Value, 3), Math.Round(latency.Then!.Value, 3)));
    }

    [Fact]
    public void Find_SecondIsSlowerThanPreferred_NamesThePreference()
    {
        var vitals = new KnownVitals().Set("simulated/mini", 2, 100).Set("simulated/large", 0.5, 100);

        var run = new RoutingRun(Router(static route => route.Prefer(ObjectiveNames.Cost)), vitals).Route(fields: "\"provider\":{\"preferred_max_latency\":1}", headers: (Metadata, "enabled"));

        Assert.Equal(["large", "mini"], run.Models);
        Assert.Equal(["provider.preferred"], run.Plan.Counterfactuals!.Find(run.Plan).Select(static flip => flip.Change));
    }

    [Fact]
    public void Plan_NoExplanationIsWanted_FindsNothingOut() =>
        Assert.Null(new RoutingRun(Router(static route => route.Prefer(ObjectiveNames.Cost))).Route().Plan.Counterfactuals);

    [Fact]
    public void Find_OneCandidate_NamesNothing()
    {
        var run = new RoutingRun(new RouterBuilder().Model("mini").Model("large").Route("auto", static route => route.Candidates("mini").Fallbacks("large")))
            .Route(headers: (Metadata, "enabled"));

        Assert.Empty(run.Plan.Counterfactuals!.Find(run.Plan));
    }

    private static RouterBuilder Router(Action<RouteModelBuilder> set) => new RouterBuilder()
        .Model("mini", static model => model.Price(1, 1).Quality(0.6f)).Model("large", static model => model.Price(10, 10).Quality(0.8f))
        .Route("auto", route => set(route.Candidates("mini", "large")));

    private static IReadOnlyList<PlanFlip> Flips(RouterBuilder router, IDeploymentVitals? vitals = null)
    {
        var run = new RoutingRun(router, vitals).Route(headers: (Metadata, "enabled"));
        return run.Plan.Counterfactuals!.Find(run.Plan);
    }
}
