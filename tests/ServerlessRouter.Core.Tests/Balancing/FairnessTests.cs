using System.Globalization;
using ServerlessRouter.Balancing;
using ServerlessRouter.Configuration;
using ServerlessRouter.Core.Tests.Dispatch;
using Xunit;

namespace ServerlessRouter.Core.Tests.Balancing;

public sealed class FairnessTests
{
    private readonly BalancingWorld _world = new();

    [Fact]
    public async Task Weighted_ManyCalls_SharesComeWithinTwoPercentOfTheWeights()
    {
        var share = await _world.ShareAsync(Weighted(BalancingPolicies.Weighted, 6, 3, 1), 20_000);

        Assert.InRange(share["d0"] / 20_000.0, 0.58, 0.62);
        Assert.InRange(share["d1"] / 20_000.0, 0.28, 0.32);
        Assert.InRange(share["d2"] / 20_000.0, 0.08, 0.12);
    }

    [Fact]
    public async Task RoundRobin_AnyRunOfTheWeightsSum_SharesAreExactAndSmooth()
    {
        var model = Weighted(BalancingPolicies.RoundRobin, 5, 1, 1);
        for (var call = 0; call < 7 * 20; call++)
            await _world.PickAsync(model);

        foreach (var run in _world.Called.Chunk(7))
            Assert.Equal((5, 1, 1), (run.Count(id => id == "d0"), run.Count(id => id == "d1"), run.Count(id => id == "d2")));
        Assert.Equal(["d0", "d0", "d1", "d0", "d2", "d0", "d0"], _world.Called.Take(7));
    }

    [Fact]
    public async Task RoundRobin_CallsFromManyThreads_SharesAreStillExact()
    {
        var model = Given.Model("m", 4);
        var picked = await Task.WhenAll(Enumerable.Range(0, 400).Select(_ => Task.Run(() => _world.PickAsync(model))));

        Assert.All(picked.CountBy(id => id!), share => Assert.Equal(100, share.Value));
    }

    [Fact]
    public async Task LeastBusy_ManyCallsInFlight_LoadStaysEvenByWeight()
    {
        var model = Weighted(BalancingPolicies.LeastBusy, 2, 1, 1);
        for (var call = 0; call < 40; call++)
        {
            var id = (await _world.PickAsync(model))!;
            _world.Vitals[id] = _world.Vitals[id] with { InFlight = _world.Vitals[id].InFlight + 1 };
        }

        Assert.Equal((20, 10, 10), (_world.Vitals["d0"].InFlight, _world.Vitals["d1"].InFlight, _world.Vitals["d2"].InFlight));
    }

    [Fact]
    public async Task LeastBusy_AllIdle_EqualsShareEvenly() =>
        Assert.All(await _world.ShareAsync(Given.Model("m", 4, balancing: BalancingPolicies.LeastBusy), 4_000), share => Assert.InRange(share.Value, 850, 1150));

    [Fact]
    public async Task PowerOfTwo_Equals_ShareEvenly() =>
        Assert.All(await _world.ShareAsync(Given.Model("m", 4, balancing: BalancingPolicies.PowerOfTwo), 4_000), share => Assert.InRange(share.Value, 850, 1150));

    [Fact]
    public async Task PowerOfTwo_OneIsTenTimesSlower_ItGetsLessThanAnyOther()
    {
        var model = Given.Model("m", 4, balancing: BalancingPolicies.PowerOfTwo);
        foreach (var deployment in model.Deployments)
            _world.Vitals[deployment.Id] = GivenVitals.Healthy with { FirstTokenSeconds = deployment.Index == 2 ? 2 : 0.2 };

        var share = await _world.ShareAsync(model, 4_000);

        Assert.Equal(0, share["m/2"]);
        Assert.All(share.Where(each => each.Key != "m/2"), each => Assert.InRange(each.Value, 1150, 1550));
    }

    [Fact]
    public async Task PowerOfTwo_OneFailsOftenAndQuickly_IsNotMistakenForTheQuickest()
    {
        var model = Given.Model("m", 2, balancing: BalancingPolicies.PowerOfTwo);
        _world.Vitals["m/0"] = GivenVitals.Healthy with { FirstTokenSeconds = 0.2, FailureShare = 0.4 };
        _world.Vitals["m/1"] = GivenVitals.Healthy with { FirstTokenSeconds = 0.25 };

        Assert.Equal("m/1", await _world.PickAsync(model));
    }

    [Fact]
    public async Task Sticky_SameSession_SameDeploymentOnEveryInstance()
    {
        var model = Sticky();
        var homes = new HashSet<string?>();
        for (var instance = 0; instance < 5; instance++)
            homes.Add(await new BalancingWorld(seed: instance).PickAsync(model, null, (BalancingStage.SessionHeader, "chat-42")));

        Assert.Single(homes);
    }

    [Fact]
    public async Task Sticky_ManySessions_ShareByWeight()
    {
        var model = Weighted(BalancingPolicies.Sticky, 2, 1, 1);
        var share = (await HomesAsync(model, 4_000)).Values.CountBy(home => home).ToDictionary();

        Assert.InRange(share["d0"], 1850, 2150);
        Assert.InRange(share["d1"], 850, 1150);
    }

    [Fact]
    public async Task Sticky_OneDeploymentGoes_OnlyItsSessionsMove()
    {
        var model = Sticky();
        var before = await HomesAsync(model, 500);
        _world.Vitals["m/1"] = default;
        var after = await HomesAsync(model, 500);

        Assert.All(before.Where(home => home.Value != "m/1"), home => Assert.Equal(home.Value, after[home.Key]));
        Assert.DoesNotContain("m/1", after.Values);
    }

    [Fact]
    public async Task Sticky_EverySessionIsTheSame_NoDeploymentTakesMoreThanItsBound()
    {
        var model = Sticky();
        for (var call = 0; call < 100; call++)
        {
            var id = (await _world.PickAsync(model, null, (BalancingStage.SessionHeader, "hot")))!;
            _world.Vitals[id] = _world.Vitals[id] with { InFlight = _world.Vitals[id].InFlight + 1 };
        }

        var most = model.Deployments.Max(deployment => _world.Vitals[deployment.Id].InFlight);
        Assert.InRange(most, 26, (int)Math.Ceiling(StickyPolicy.LoadBound * 100 / 4));
    }

    [Theory]
    [InlineData("header", "address", "header")]
    [InlineData(null, "address", "address")]
    public async Task Sticky_SessionIsNamedInSeveralPlaces_TheHeaderGoesFirst(string? header, string address, string decides)
    {
        var model = Given.Model("m", 64, balancing: BalancingPolicies.Sticky);
        (string, string)[] headers = header is null ? [] : [(BalancingStage.SessionHeader, header)];
        var home = (await _world.AttemptAsync(_world.Request(model, null, address, headers))).Deployment!.Id;

        Assert.Equal(await _world.PickAsync(model, null, (BalancingStage.SessionHeader, decides)), home);
    }

    private static LanguageModel Weighted(string policy, params int[] weights) =>
        Given.Model("m", [.. weights.Select((weight, index) => Given.Deployment($"d{index}", index, weight))], balancing: policy);

    private static LanguageModel Sticky() => Given.Model("m", 4, balancing: BalancingPolicies.Sticky);

    private async Task<Dictionary<string, string>> HomesAsync(LanguageModel model, int sessions)
    {
        var homes = new Dictionary<string, string>();
        for (var session = 0; session < sessions; session++)
        {
            var key = session.ToString(CultureInfo.InvariantCulture);
            homes[key] = (await _world.PickAsync(model, null, (BalancingStage.SessionHeader, key)))!;
        }

        return homes;
    }
}
