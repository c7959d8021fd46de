using ServerlessRouter.Configuration;
using ServerlessRouter.Lessons;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Routing.Downgrades;
using ServerlessRouter.Testing.Models;
using ServerlessRouter.Testing.Time;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.Core.Tests.Routing;

/// <summary>What happens to the choice when a caller's budget runs low.</summary>
public sealed class BudgetDowngradeTests
{
    private readonly ManualTimeProvider _time = new();

    [Theory]
    [InlineData(DowngradePolicies.Cheapest, 0.79, "large")]
    [InlineData(DowngradePolicies.Cheapest, 0.81, "mini")]
    [InlineData(DowngradePolicies.Keep, 0.99, "large")]
    public void Plan_BudgetRunsLow_SparesAsTheTierSays(string whenLow, double spent, string first)
    {
        var run = Run(new BudgetModel(1, BudgetPeriods.Day) { WhenLow = whenLow }, (decimal)spent, 0);

        Assert.Equal(first, run.Models[0]);
        Assert.Equal(first == "mini", run.Plan.Downgrade is not null);
    }

    [Fact]
    public void Plan_BudgetRunsLow_TheTiersOwnFloorStands() =>
        Assert.Equal("large", Run(new BudgetModel(1, BudgetPeriods.Day) { WhenLow = DowngradePolicies.Cheapest }, 0.9m, minimumQuality: 0.7).Models[0]);

    [Fact]
    public void Plan_CallerSortsByQuality_KeepsTheExactOrder()
    {
        var run = Run(new BudgetModel(1, BudgetPeriods.Day) { WhenLow = DowngradePolicies.Cheapest }, 0.9m, 0, "\"provider\":{\"sort\":\"exacto\"}");

        Assert.Equal("large", run.Models[0]);
    }

    [Theory]
    [InlineData(BudgetPeriods.Hour, 60)]
    [InlineData(BudgetPeriods.Day, 24 * 60)]
    [InlineData(BudgetPeriods.Month, 31 * 24 * 60)]
    public void LeftShare_NextPeriod_IsWholeAgain(string per, int minutes)
    {
        var money = new SpentMoney(_time);
        var context = Context(new BudgetModel(1, per));
        context.CostUsd = 0.75m;
        money.Add(context);
        money.Add(context);
        Assert.Equal(0, money.LeftShare(context));

        _time.Advance(TimeSpan.FromMinutes(minutes));
        Assert.Equal(1, money.LeftShare(context));
        money.Add(context);
        Assert.Equal(0.25, money.LeftShare(context));
    }

    [Fact]
    public void LeftShare_AnotherCaller_HasItsOwn()
    {
        var money = new SpentMoney(_time);
        var (mine, theirs) = (Context(new BudgetModel(1, BudgetPeriods.Day)), Context(new BudgetModel(1, BudgetPeriods.Day)));
        (mine.CallerName, theirs.CallerName, mine.CostUsd) = ("team-a", "team-b", 1);
        money.Add(mine);

        Assert.Equal((0, 1), (money.LeftShare(mine), money.LeftShare(theirs)));
    }

    [Fact]
    public void All_Policies_AreFoundByTheirName() => Assert.All(DowngradePolicies.All, static name => Assert.Equal(name, DowngradePolicyTable.Get(name).Name));

    private RoutingRun Run(BudgetModel budget, decimal spent, double minimumQuality, string fields = "")
    {
        var router = new RouterBuilder().Model("mini", static model => model.Price(1, 1).Quality(0.6f)).Model("large", static model => model.Price(10, 10).Quality(0.8f))
            .Route("auto", static route => route.Candidates("large", "mini").Prefer(ObjectiveNames.Quality, 0.7))
            .Anonymous(new TierModel { Name = "default", Budget = budget, MinimumQuality = minimumQuality });
        var money = new SpentMoney(_time);
        var earlier = Context(budget);
        earlier.CostUsd = spent;
        money.Add(earlier);
        return new RoutingRun(router, budgets: money).Route(fields: fields);
    }

    private static RequestContext Context(BudgetModel budget)
    {
        var router = new RouterBuilder().Model("mini").Build();
        return new RequestContext("r", router, ScannedRequest.Of(ChatBodies.Plain()), new ListedHeaders(), receivedAt: 1) { Tier = new TierModel { Name = "default", Budget = budget } };
    }
}
