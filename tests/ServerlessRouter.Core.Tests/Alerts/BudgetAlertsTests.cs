using Microsoft.Extensions.Logging.Abstractions;
using ServerlessRouter.Alerts;
using ServerlessRouter.Alerts.Sources;
using ServerlessRouter.Configuration;
using ServerlessRouter.Governance;
using ServerlessRouter.Governance.Enforcement;
using ServerlessRouter.Testing.Governance;
using ServerlessRouter.Testing.Models;
using Xunit;

namespace ServerlessRouter.Core.Tests.Alerts;

/// <summary>A budget that is used up is an alert, whatever its amount was before and whether its key was there all the time.</summary>
public sealed class BudgetAlertsTests
{
    private const string Key = "search";
    private const long Spent = 20_000;
    private const long Raised = 1_000_000;

    [Theory]
    [InlineData(true, false)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    public async Task Look_RaisedOrDeletedAndSpentAsBefore_IsOpenAgain(bool isRaised, bool isUsedBetween)
    {
        using var scene = new AlertScene();
        var budget = Join(scene);
        await budget.SpendAsync(Spent);
        Assert.Single(scene.Desk.Open);

        budget.Set(isRaised ? Raised : null);
        if (isUsedBetween)
            budget.Look();
        await scene.AdvanceAsync(AlertOptions.DefaultInterval);
        Assert.Empty(scene.Desk.Open);
        budget.Set(Spent);
        budget.Look();
        await scene.TurnAsync();

        Assert.Equal(AlertSeverity.Critical, Assert.Single(scene.Desk.Open).Severity);
    }

    [Fact]
    public async Task Look_RaisedAndLoweredOnTwoInstances_IsOneAlertThatBothTellOf()
    {
        using var scene = new AlertScene();
        using var twin = scene.Twin();
        var (here, there) = (Join(scene), Join(twin));
        await here.SpendAsync(Spent);
        await there.SpendAsync(Spent);

        // The instance that ends the alert is another than the one that sees the budget used up again.
        here.Set(Raised);
        there.Set(Raised);
        await scene.AdvanceAsync(AlertOptions.DefaultInterval);
        here.Set(Spent);
        there.Set(Spent);
        await twin.TurnAsync();
        Assert.Empty(twin.Desk.Open);
        there.Look();
        await twin.TurnAsync();
        here.Look();
        await scene.TurnAsync();

        Assert.Single(await scene.ListAsync());
        Assert.Single(scene.Desk.Open);
        Assert.Equal([100, 100], there.Told);
        Assert.Equal([100, 100], here.Told);
        await scene.AdvanceAsync(AlertsModel.Default.Quiet);
        await twin.TurnAsync();
        Assert.Equal(["Fired 100", "Resolved 100", "Fired 100"], await scene.MessagesAsync());
    }

    [Fact]
    public async Task Look_StaysUsedUp_IsToldOnce()
    {
        using var scene = new AlertScene();
        var budget = Join(scene);

        for (var turn = 0; turn < 5; turn++)
        {
            await budget.SpendAsync(Spent);
            scene.Time.Advance(AlertOptions.DefaultInterval);
        }

        Assert.Equal([100], budget.Told);
        Assert.Equal(["Fired 100"], await scene.MessagesAsync());
    }

    // The alert of yesterday ends at a turn after the first mark of today.
    [Fact]
    public async Task Look_NextWindow_ItsMarkIsToldOnce()
    {
        using var scene = new AlertScene();
        var budget = Join(scene);
        await budget.SpendAsync(Spent);

        scene.Time.Advance(TimeSpan.FromDays(1));
        await budget.SpendAsync(Spent / 2);
        await budget.SpendAsync(0);

        Assert.Equal([100, 50], budget.Told);
        Assert.Single(scene.Desk.Open);
    }

    private static Budget Join(AlertScene scene) => new(scene);

    /// <summary>The daily budget of one key on one instance.</summary>
    private sealed class Budget
    {
        private static readonly LimitSubject s_subject = new(SubjectKind.Key, Key);

        private readonly AlertScene _scene;
        private readonly MemoryLedger _ledger;
        private readonly BudgetWatch _watch;
        private LimitModel _limit = null!;

        public Budget(AlertScene scene)
        {
            _scene = scene;
            _ledger = new MemoryLedger(scene.Time);
            _watch = new BudgetWatch(scene.Time, NullLogger<BudgetWatch>.Instance);
            var source = new BudgetAlerts(scene.Desk, scene.Models, new LimitReader(_ledger, _ledger.ReadAsync, scene.Time), _watch);
            scene.Desk.Watch(source);
            _watch.Reached += source.Take;
            _watch.Reached += mark => Told.Add(mark.Percent);
            Set(Spent);
        }

        public List<int> Told { get; } = [];

        /// <summary>Gives the key a budget of so many millionths of a dollar; null deletes the key.</summary>
        public void Set(long? micros)
        {
            var builder = new RouterBuilder().Model("mini").Alerts(_scene.Models.Current.Alerts).Key("another", "another");
            if (micros is { } amount)
            {
                _limit = new LimitModel("key.budget.day", LimitMeasure.Money, amount, LimitWindow.Day);
                builder.Key("key", Key, caller => caller with { Limits = [_limit] });
            }

            _scene.Models.Publish(builder.Build());
        }

        public async Task SpendAsync(long micros)
        {
            _ledger.Charge([new Claim(s_subject, _limit, micros)]);
            Look();
            await _scene.TurnAsync();
        }

        /// <summary>What every request does at its end.</summary>
        public void Look() => _watch.Look(s_subject, _limit, _ledger.Look(s_subject, _limit));
    }
}
