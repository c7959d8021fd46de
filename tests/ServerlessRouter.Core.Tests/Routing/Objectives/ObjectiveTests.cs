using ServerlessRouter.Configuration;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Routing.Objectives;
using ServerlessRouter.Testing.Models;
using Xunit;

namespace ServerlessRouter.Core.Tests.Routing.Objectives;

public sealed class ObjectiveTests
{
    private static readonly KnownVitals Vitals = new KnownVitals()
        .Set("simulated/weak", 2.0, 30).Set("simulated/middle", 0.2, 200).Set("simulated/strong", 1.0, 50).Set("simulated/poor", 0.1, 500);

    private static RouterBuilder Router(Action<RouteModelBuilder> set) => new RouterBuilder()
        .Model("strong", model => model.Quality(0.9f).Price(5, 15))
        .Model("middle", model => model.Quality(0.7f).Price(1, 3))
        .Model("weak", model => model.Quality(0.6f).Price(0.5m, 1))
        .Model("poor", model => model.Quality(0.3f).Price(0.1m, 0.1m))
        .Route("auto", route => set(route.Candidates("strong", "middle", "weak", "poor")));

    [Theory]
    [InlineData(ObjectiveNames.Cost, 0, "poor,weak,middle,strong")]
    [InlineData(ObjectiveNames.Cost, 0.7, "middle,strong,weak,poor")]
    [InlineData(ObjectiveNames.Cost, 1, "strong,middle,weak,poor")]
    [InlineData(ObjectiveNames.Latency, 0, "poor,middle,strong,weak")]
    [InlineData(ObjectiveNames.Latency, 0.7, "middle,strong,weak,poor")]
    [InlineData(ObjectiveNames.Quality, 0, "strong,middle,weak,poor")]
    [InlineData(ObjectiveNames.Order, 0, "strong,middle,weak,poor")]
    public void Plan_ByObjective_ThoseBelowTheFloorComeLastBestFirst(string objective, double floor, string expected)
    {
        var run = new RoutingRun(Router(route => route.Prefer(objective, floor)), Vitals).Route();

        Assert.Equal(expected.Split(','), run.Models);
        Assert.Equal(objective, run.Plan.Objective);
    }

    [Theory]
    [InlineData(1, 0, 0, "strong")]
    [InlineData(0, 1, 0, "poor")]
    [InlineData(1, 1, 0, "weak")]
    [InlineData(2, 1, 0, "middle")]
    public void Plan_Weighted_HighestSumFirst(double quality, double cost, double latency, string first)
    {
        var router = Router(route => route.Weights(quality, cost, latency));

        Assert.Equal(first, new RoutingRun(router, Vitals).Route().Models[0]);
    }

    [Fact]
    public void Plan_WeightedByLatency_FastestFirst() =>
        Assert.Equal(["poor", "middle", "strong", "weak"], new RoutingRun(Router(route => route.Weights(latency: 1)), Vitals).Route().Models);

    [Fact]
    public void Plan_Ties_OrderOfConfiguration()
    {
        var router = new RouterBuilder().Model("c").Model("a").Model("b").Route("auto", route => route.Candidates("b", "c", "a"));

        Assert.Equal(["b", "c", "a"], new RoutingRun(router).Route().Models);
    }

    [Fact]
    public void Plan_TierFloorAboveTheRoutes_TierFloorHolds()
    {
        var router = Router(route => route.Prefer(ObjectiveNames.Cost, 0.5)).Anonymous(minimumQuality: 0.8);

        Assert.Equal(["strong", "middle", "weak", "poor"], new RoutingRun(router).Route().Models);
    }

    [Fact]
    public void Plan_LatencyOfOneUnknown_ItIsTriedFirst()
    {
        var vitals = new KnownVitals().Set("simulated/strong", 1, 50).Set("simulated/middle", 0.2, 200).Set("simulated/poor", 0.1, 500);

        var run = new RoutingRun(Router(route => route.Prefer(ObjectiveNames.Latency)), vitals).Route();

        Assert.Equal("weak", run.Models[0]);
        Assert.Null(run.Plan.Candidates[0].LatencySeconds);
        Assert.Contains("its speed is not known, so it is tried", run.Plan.Candidates[0].Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "x-router-prefer", "latency")]
    [InlineData("\"provider\":{\"sort\":\"latency\"}", "x-none", "")]
    [InlineData("\"provider\":{\"sort\":\"throughput\"}", "x-none", "")]
    public void Plan_SpeedWantedAndNoneMeasured_TheCheaperIsTriedFirst(string fields, string header, string value)
    {
        var run = new RoutingRun(Router(static route => route.Prefer(ObjectiveNames.Order))).Route(fields: fields, headers: (header, value));

        Assert.Equal(["poor", "weak", "middle", "strong"], run.Models);
        Assert.All(run.Plan.Candidates, static candidate => Assert.Contains("the cheaper", candidate.Reason, StringComparison.Ordinal));
    }

    [Fact]
    public void Plan_OnlyFirstTokensMeasured_CountsAsMeasured()
    {
        var vitals = new KnownVitals().Set("simulated/strong", 0.5, 50).Set("simulated/middle", 0.2).Set("simulated/weak", 3).Set("simulated/poor", 0.1, 500);

        Assert.Equal(["poor", "middle", "strong", "weak"], new RoutingRun(Router(static route => route.Prefer(ObjectiveNames.Latency)), vitals).Route().Models);
    }

    [Fact]
    public void Plan_Scores_FallFromFirstToLast()
    {
        var run = new RoutingRun(Router(route => route.Prefer(ObjectiveNames.Cost, 0.65)), Vitals).Route();

        var scores = run.Plan.Candidates.Select(static candidate => candidate.Score).ToArray();
        Assert.Equal(scores.OrderDescending(), scores);
        Assert.Contains("floor", run.Plan.Candidates[2].Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cost", "poor")]
    [InlineData("latency", "poor")]
    [InlineData("quality", "strong")]
    public void PreferHeader_OverridesTheRoute(string value, string first) =>
        Assert.Equal(first, new RoutingRun(Router(route => route.Prefer(ObjectiveNames.Order)), Vitals).Route(headers: ("x-router-prefer", value)).Models[0]);

    [Fact]
    public void PreferHeader_KeepsTheRoutesFloor() => Assert.Equal(
        "middle", new RoutingRun(Router(route => route.Prefer(ObjectiveNames.Quality, 0.7)), Vitals).Route(headers: ("x-router-prefer", "cost")).Models[0]);

    [Theory]
    [InlineData("auto")]
    [InlineData("strong")]
    public void PreferHeader_UnknownValue_IsRefusedWithTheAllowedOnes(string model)
    {
        var error = new RoutingRun(Router(static _ => { })).Refuse(model, headers: ("x-router-prefer", "fast"));

        Assert.Equal(400, error.Status);
        Assert.Equal("x-router-prefer", error.Param);
        Assert.Contains("cost, latency, quality", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void EveryConfigurableObjective_HasAPolicyOfItsName() =>
        Assert.All(ObjectiveNames.All, static name => Assert.Equal(name, RoutingObjectives.Get(name).Name));

    [Fact]
    public void EverySortOfRequests_HasAPolicyOfItsName() =>
        Assert.All(CandidateSorts.All, static name => Assert.Equal("sort:" + name, RoutingObjectives.Get(CandidateSorts.Parse(name)!.Value).Name));
}
