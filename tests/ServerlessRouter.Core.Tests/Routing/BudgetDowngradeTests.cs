using ServerlessRouter.Configuration;
using ServerlessRouter.Governance;
using ServerlessRouter.Governance.Enforcement;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Routing.Downgrades;
using ServerlessRouter.Testing.Governance;
using ServerlessRouter.Testing.Models;
using ServerlessRouter.Testing.Time;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.Core.Tests.Routing;

/// <summary>What happens to the choice when a caller's budget runs low.</summary>
public sealed class BudgetDowngradeTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly MemoryLedger _ledger;

    public BudgetDowngradeTests() => _ledger = new MemoryLedger(_time);

    [Theory]
    [InlineData(DowngradePolicies.Cheapest, 0.79, "large")]
    [InlineData(DowngradePolicies.Cheapest, 0.81, "mini")]
    [InlineData(DowngradePolicies.Keep, 0.99, "large")]
    public void Plan_BudgetRunsLow_SparesAsTheTierSays(string whenLow, double spent, string first)
    {
        var run = Run(Sparing(whenLow), spent, 0);

        Assert.Equal(first, run.Models[0]);
        Assert.Equal(first == "mini", run.Plan.Downgrade is not null);
    }

    [Fact]
    public void Plan_BudgetRunsLow_TheTiersOwnFloorStands() =>
        Assert.Equal("large", Run(Sparing(), 0.9, minimumQuality: 0.7).Models[0]);

    [Fact]
    public void Plan_CallerSortsByQuality_KeepsTheExactOrder()
    {
        var run = Run(Sparing(), 0.9, 0, "\"provider\":{\"sort\":\"exacto\"}");

        Assert.Equal("large", run.Models[0]);
    }

    [Theory]
    [InlineData(LimitWindow.Hour, 60)]
    [InlineData(LimitWindow.Day, 24 * 60)]
    [InlineData(LimitWindow.Week, 7 * 24 * 60)]
    [InlineData(LimitWindow.Month, 31 * 24 * 60)]
    public void FindLow_NextWindow_IsWholeAgain(LimitWindow window, int minutes)
    {
        var budget = Sparing(window: window);
        var (context, standings) = (Context(budget), new LedgerStandings(_ledger));
        _ledger.Charge([new Claim(new LimitSubject(SubjectKind.Key, ""), budget.Limit, 900_000)]);
        Assert.Same(budget, standings.FindLow(context));

        _time.Advance(TimeSpan.FromMinutes(minutes));

        Assert.Null(standings.FindLow(context));
    }

    [Fact]
    public void FindLow_AnotherCaller_HasItsOwn()
    {
        var budget = Sparing();
        var (mine, theirs, standings) = (Context(budget), Context(budget), new LedgerStandings(_ledger));
        (mine.CallerName, theirs.CallerName) = ("team-a", "team-b");
        _ledger.Charge([new Claim(new LimitSubject(SubjectKind.Key, "team-a"), budget.Limit, 1_000_000)]);

        Assert.Equal((budget, null), (standings.FindLow(mine), standings.FindLow(theirs)));
    }

    [Fact]
    public void All_Policies_AreFoundByTheirName() => Assert.All(DowngradePolicies.All, static name => Assert.Equal(name, DowngradePolicyTable.Get(name).Name));

    private RoutingRun Run(BudgetModel budget, double spent, double minimumQuality, string fields = "")
    {
        var router = new RouterBuilder().Model("mini", static model => model.Price(1, 1).Quality(0.6f)).Model("large", static model => model.Price(10, 10).Quality(0.8f))
            .Route("auto", static route => route.Candidates("large", "mini").Prefer(ObjectiveNames.Quality, 0.7))
            .Anonymous(Tier(budget, minimumQuality));
        _ledger.Charge([new Claim(new LimitSubject(SubjectKind.Key, ""), budget.Limit, (long)(spent * budget.Limit.Amount))]);
        return new RoutingRun(router, budgets: new LedgerStandings(_ledger)).Route(fields: fields);
    }

    private static BudgetModel Sparing(string whenLow = DowngradePolicies.Cheapest, LimitWindow window = LimitWindow.Day) =>
        new(new LimitModel("budget", LimitMeasure.Money, 1_000_000, window), whenLow, BudgetModel.DefaultLowBelow);

    private static TierModel Tier(BudgetModel budget, double minimumQuality = 0) => new()
    {
        Name = "default", MinimumQuality = minimumQuality, Limits = [budget.Limit], Sparing = budget.WhenLow == DowngradePolicies.Keep ? [] : [budget],
    };

    private static RequestContext Context(BudgetModel budget)
    {
        var router = new RouterBuilder().Model("mini").Build();
        return new RequestContext("r", router, ScannedRequest.Of(ChatBodies.Plain()), new ListedHeaders(), receivedAt: 1) { Tier = Tier(budget) };
    }
}
