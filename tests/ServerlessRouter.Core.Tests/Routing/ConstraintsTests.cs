using ServerlessRouter.Configuration;
using ServerlessRouter.Configuration.Loading;
using ServerlessRouter.Configuration.Written;
using ServerlessRouter.Domain;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Routing;
using ServerlessRouter.Testing.Models;
using Xunit;

namespace ServerlessRouter.Core.Tests.Routing;

/// <summary>What routes and tiers demand of providers, and what tiers prefer.</summary>
public sealed class ConstraintsTests
{
    private static readonly ConstraintsConfig OnlyEurope = new() { Regions = ["westeurope"] };

    private static RouterBuilder Router => new RouterBuilder()
        .Provider("us", static provider => provider.Region("eastus2")).Provider("eu", static provider => provider.Region("westeurope").CollectsData()).Provider("home", static _ => { })
        .Model("american", static model => model.At("us").Quality(TaskKind.Creative, 0.9f)).Model("european", static model => model.At("eu")).Model("both", static model => model.At("us").At("eu"))
        .Model("local", static model => model.At("home"));

    [Fact]
    public void Plan_RouteDemandsARegion_LeavesOutModelsAndDeploymentsElsewhere()
    {
        var run = new RoutingRun(Router.Route("auto", static route => route.Candidates("american", "both", "local").Constraints(OnlyEurope))).Route();

        Assert.Equal(["both"], run.Models);
        Assert.Equal(["american: region", "local: region"], run.Exclusions);
        var both = run.Plan.Candidates[0].Model;
        Assert.Equal([false, true], both.Deployments.Select(deployment => run.Plan.DeploymentFilter!.Allows(both, deployment)));
    }

    [Fact]
    public void Plan_TierDemandsARegion_HoldsForAModelAskedForByName()
    {
        var error = new RoutingRun(Router.Anonymous(new TierModel { Name = "default", Constraints = RouterModelBuilder.Constraints(OnlyEurope, "tier default") })).Refuse("american");

        Assert.Equal((RouterErrorCode.RegionRestricted, 403), (error.Code, error.Status));
        Assert.Equal(["region: tier default allows only westeurope (american)"], error.ExcludedBy);
    }

    [Fact]
    public void Plan_TierDeniesDataCollection_IsPrivacyRestricted()
    {
        var deny = new ConstraintsConfig { DataCollection = DataCollectionRules.Deny };

        var error = new RoutingRun(Router.Anonymous(new TierModel { Name = "default", Constraints = RouterModelBuilder.Constraints(deny, "tier default") })).Refuse("european");

        Assert.Equal((RouterErrorCode.PrivacyRestricted, 404), (error.Code, error.Status));
    }

    [Fact]
    public void Plan_CallersFallbackRouteDemandsARegion_HoldsForTheWholeRequest()
    {
        var router = Router.Route("europe", static route => route.Candidates("both").Constraints(OnlyEurope));

        Assert.Equal(["both"], new RoutingRun(router).Route("american", "\"models\":[\"europe\"]").Models);
    }

    [Theory]
    [InlineData(null, "american", "prefer:creative")]
    [InlineData("cost", "european", "cost")]
    public void Plan_TierPrefersSomething_HoldsUntilTheCallerSaysOtherwise(string? header, string first, string objective)
    {
        var router = Router.Route("auto", static route => route.Candidates("european", "american").Prefer(ObjectiveNames.Order))
            .Anonymous(new TierModel { Name = "default", Preference = CallerPreference.Creative });

        var run = header is null ? new RoutingRun(router).Route() : new RoutingRun(router).Route(headers: ("x-router-prefer", header));

        Assert.Equal(first, run.Models[0]);
        Assert.Equal(objective, run.Plan.Objective);
    }

    [Theory]
    [InlineData(1f, 0.9f, 0.2f)]
    [InlineData(0f, 0.5f, 0.6f)]
    [InlineData(0.5f, 0.7f, 0.4f)]
    public void Estimate_Prediction_CountsAsFarAsItIsTrusted(float trust, float first, float second)
    {
        var router = new RouterBuilder().Model("a", static model => model.Quality(0.5f)).Model("b", static model => model.Quality(0.6f))
            .Model("ungraded", static model => model.Quality(0.7f)).Model("unstated", static model => model.StatesNoQuality()).Build();
        var profile = new RequestProfile { PredictedQuality = [0.9f, 0.2f, float.NaN, 0.8f], PredictionTrust = trust };
        var estimator = new PredictedQualityEstimator(new TableQualityEstimator());

        Assert.Equal([first, second, 0.7f, 0.8f], router.Models.Select(model => MathF.Round(estimator.Estimate(model, profile), 5)));
    }
}
