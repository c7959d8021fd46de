using ServerlessRouter.Balancing;
using ServerlessRouter.Configuration;
using ServerlessRouter.Core.Tests.Dispatch;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;
using Xunit;

namespace ServerlessRouter.Core.Tests.Balancing;

public sealed class BalancingStageTests
{
    private readonly BalancingWorld _world = new();

    public static TheoryData<string> Policies => [.. BalancingPolicies.All];

    [Theory, MemberData(nameof(Policies))]
    public async Task InvokeAsync_RequestTriesAgain_NeverTheSameFreshTwice(string policy)
    {
        var request = _world.Request(Given.Model("m", 3, balancing: policy));
        var left = new List<int>();
        for (var attempt = 0; attempt < 3; attempt++)
            left.Add((await _world.AttemptAsync(request)).OthersUntried);

        Assert.Equal(["m/0", "m/1", "m/2"], _world.Called.Order());
        Assert.Equal([2, 1, 0], left);
        var end = await _world.AttemptAsync(request);
        Assert.Equal(FailureKind.NoDeployment, end.Failure!.Kind);
        Assert.Null(end.Deployment);
        Assert.Null(end.Failure.RetryAfter);
    }

    [Theory, MemberData(nameof(Policies))]
    public async Task InvokeAsync_SomeAreOpen_OnlyCallableOnesAreCalled(string policy)
    {
        var model = Given.Model("m", 3, balancing: policy);
        _world.Vitals["m/0"] = new DeploymentVitals { OpenForSeconds = 5 };
        _world.Vitals["m/2"] = new DeploymentVitals { OpenForSeconds = 5 };

        Assert.Equal(new Dictionary<string, int> { ["m/0"] = 0, ["m/1"] = 20, ["m/2"] = 0 }, await _world.ShareAsync(model, 20));
    }

    [Fact]
    public async Task InvokeAsync_AllAreOpen_NoCallAndTheTimeUntilTheFirstCloses()
    {
        _world.Vitals["m/0"] = new DeploymentVitals { OpenForSeconds = 9 };
        _world.Vitals["m/1"] = new DeploymentVitals { OpenForSeconds = 4 };

        var attempt = await _world.AttemptAsync(_world.Request(Given.Model("m", 2)));

        Assert.Equal((FailureKind.NoDeployment, TimeSpan.FromSeconds(4)), (attempt.Failure!.Kind, attempt.Failure.RetryAfter));
        Assert.Empty(_world.Called);
    }

    [Fact]
    public async Task InvokeAsync_LeastBad_TheOneThatOpensFirstOfThoseNotTried()
    {
        _world.Vitals["m/0"] = new DeploymentVitals { OpenForSeconds = 9 };
        _world.Vitals["m/1"] = new DeploymentVitals { OpenForSeconds = 4 };
        var request = _world.Request(Given.Model("m", 2));

        Assert.Equal("m/1", (await _world.AttemptAsync(request, DeploymentChoice.LeastBad)).Deployment!.Id);
        Assert.Equal("m/0", (await _world.AttemptAsync(request, DeploymentChoice.LeastBad)).Deployment!.Id);
    }

    [Fact]
    public async Task InvokeAsync_OnlyDeploymentIsOpen_NoCall()
    {
        _world.Vitals["m/0"] = new DeploymentVitals { OpenForSeconds = 9 };

        Assert.Null(await _world.PickAsync(Given.Model("m")));
        Assert.Empty(_world.Called);
    }

    [Fact]
    public async Task InvokeAsync_SameAgain_TheNamedOneEvenThoughItWasTried()
    {
        var model = Given.Model("m", 2);
        var request = _world.Request(model);
        await _world.AttemptAsync(request);
        await _world.AttemptAsync(request, DeploymentChoice.SameAgain, model.Deployments[0]);

        Assert.Equal(["m/0", "m/0"], _world.Called);
    }

    [Fact]
    public async Task InvokeAsync_HealthLetsNothingThroughAfterAll_TakesAnother()
    {
        _world.Refused.Add("m/0");

        Assert.Equal("m/1", await _world.PickAsync(Given.Model("m", 2)));
        Assert.Equal(["m/0", "m/1"], _world.Called);
    }

    [Fact]
    public async Task InvokeAsync_PriorityGroups_ReservedCapacityFirstAndTheNextOnlyWhenItIsGoneOrFull()
    {
        var model = Given.Model("m", [Given.Deployment("spot", 0, priority: 1), Given.Deployment("reserved", 1)]);

        Assert.Equal("reserved", await _world.PickAsync(model));
        _world.Vitals["reserved"] = GivenVitals.Healthy with { Headroom = 0.01 };
        Assert.Equal("spot", await _world.PickAsync(model));
        _world.Vitals["spot"] = GivenVitals.Healthy with { Headroom = 0.01 };
        Assert.Equal("reserved", await _world.PickAsync(model));
        _world.Vitals["reserved"] = new DeploymentVitals();
        Assert.Equal("spot", await _world.PickAsync(model));
    }

    [Theory, MemberData(nameof(Policies))]
    public async Task InvokeAsync_OneIsNearlyFull_StepsAwayBeforeThe429(string policy)
    {
        _world.Vitals["m/1"] = GivenVitals.Healthy with { Headroom = DeploymentShortlist.MinHeadroom / 2 };

        Assert.Equal(0, (await _world.ShareAsync(Given.Model("m", 3, balancing: policy), 50))["m/1"]);
    }

    [Fact]
    public async Task InvokeAsync_RegionOfTheHost_GoesFirst()
    {
        var world = new BalancingWorld(new BalancingOptions { Region = "westeurope" });
        var model = Given.Model("m", [Given.Deployment("us", 0, region: "eastus2"), Given.Deployment("eu", 1, region: "WestEurope")]);

        Assert.Equal("eu", await world.PickAsync(model));
        world.Vitals["eu"] = new DeploymentVitals();
        Assert.Equal("us", await world.PickAsync(model));
    }

    [Fact]
    public async Task InvokeAsync_RequestOrdersProviders_ItsOrderGoesBeforeEverything()
    {
        var model = Given.Model("m", [Given.Deployment("a", 0), Given.Deployment("b", 1, priority: 5), Given.Deployment("c", 2)]);
        var request = _world.Request(model, new GivenFilter("b", "a"));

        await _world.AttemptAsync(request);
        await _world.AttemptAsync(request);
        await _world.AttemptAsync(request);

        Assert.Equal(["b", "a"], _world.Called);
    }

    [Fact]
    public async Task InvokeAsync_MoreDeploymentsThanAWordHasBits_EachIsTriedOnce()
    {
        var request = _world.Request(Given.Model("m", 150));
        for (var attempt = 0; attempt < 150; attempt++)
            await _world.AttemptAsync(request);

        Assert.Equal(150, _world.Called.Distinct().Count());
    }
}
