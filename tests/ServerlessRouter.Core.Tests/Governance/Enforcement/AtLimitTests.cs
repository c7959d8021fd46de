using System.Collections.Frozen;
using System.Collections.Immutable;
using ServerlessRouter.Configuration;
using ServerlessRouter.Errors;
using ServerlessRouter.Governance;
using ServerlessRouter.Governance.Enforcement;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Testing.Diagnostics;
using Xunit;

namespace ServerlessRouter.Core.Tests.Governance.Enforcement;

/// <summary>What happens to a request for which too little is left, and who hears of budgets that run out.</summary>
public sealed class AtLimitTests
{
    private static readonly AtLimitModel Downgrade = new(AtLimitAction.Downgrade, 1.2);
    private static readonly AtLimitModel Queue = new(AtLimitAction.Queue, Wait: TimeSpan.FromSeconds(5));

    [Fact]
    public async Task Downgrade_BudgetIsSpent_AsksTheCheapestAloneUpToItsShare()
    {
        var scene = new LimitScene(LimitScene.Budget(1, atLimit: Downgrade)) { Models = ["large", "mini"] };
        Spend(scene, 1_000_000);

        Assert.Null(await scene.SendAsync(look: static context =>
        {
            Assert.Equal(["mini"], context.Plan.Candidates.Select(static candidate => candidate.Model.Name));
            Assert.Equal(("budget.month", DowngradePolicies.Cheapest), (context.Limits!.Look().DowngradedBy, context.Plan.Downgrade));
        }));

        Spend(scene, 200_000);
        Assert.Equal(RouterErrorCode.InsufficientQuota, (await scene.SendAsync())!.Code);
    }

    [Fact]
    public async Task Downgrade_BudgetIsNotSpent_ChangesNothing()
    {
        var scene = new LimitScene(LimitScene.Budget(1, atLimit: Downgrade)) { Models = ["large", "mini"] };

        Assert.Null(await scene.SendAsync(look: static context =>
        {
            Assert.Equal("large", context.Plan.Candidates[0].Model.Name);
            Assert.Null(context.Limits!.Look().DowngradedBy);
        }));
    }

    [Fact]
    public async Task Downgrade_NothingIsLeftOfTheShareEither_TheFreeModelAnswers()
    {
        var scene = new LimitScene(LimitScene.Budget(1, atLimit: Downgrade)) { Models = ["large", "free"] };
        Spend(scene, 2_000_000);

        Assert.Null(await scene.SendAsync(look: static context => Assert.Equal(["free"], context.Plan.Candidates.Select(static candidate => candidate.Model.Name))));
    }

    [Fact]
    public async Task Downgrade_LimitOfRequests_Refuses()
    {
        var scene = new LimitScene(LimitScene.Requests(1, Downgrade)) { Models = ["large", "mini"] };
        await scene.SendAsync();

        Assert.Equal(RouterErrorCode.RateLimitExceeded, (await scene.SendAsync())!.Code);
    }

    [Fact]
    public async Task Queue_SlotComesFree_TheFirstInLineHasIt()
    {
        var scene = new LimitScene(LimitScene.Concurrency(1, Queue));
        var running = scene.Request();
        Assert.Null(await scene.BeginAsync(running));
        var (second, third) = (scene.Request(), scene.Request());
        var (waiting, behind) = (scene.BeginAsync(second), scene.BeginAsync(third));
        Assert.False(waiting.IsCompleted);

        LimitScene.Settle(running);

        Assert.Null(await waiting.WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.False(behind.IsCompleted);
        LimitScene.Settle(second);
        Assert.Null(await behind.WaitAsync(TimeSpan.FromSeconds(30)));
        LimitScene.Settle(third);
    }

    [Fact]
    public async Task Queue_WindowTurns_TheRequestGoesOn()
    {
        var scene = new LimitScene(LimitScene.Requests(1, Queue));
        scene.Time.Advance(TimeSpan.FromSeconds(57));
        await scene.SendAsync();
        var waiting = scene.BeginAsync(scene.Request());
        Assert.False(waiting.IsCompleted);

        await scene.AdvanceUntilAsync(waiting, TimeSpan.FromSeconds(4));

        Assert.Null(await waiting);
    }

    [Fact]
    public async Task Queue_AnswerOfTheCache_WaitsForTheWindowToo()
    {
        var scene = new LimitScene(LimitScene.Requests(1, Queue));
        scene.Time.Advance(TimeSpan.FromSeconds(57));
        await scene.SendAsync();
        var waiting = scene.AnswerAgainAsync(scene.Request());
        Assert.False(waiting.IsCompleted);

        await scene.AdvanceUntilAsync(waiting, TimeSpan.FromSeconds(4));

        Assert.Null(await waiting);
    }

    [Fact]
    public async Task Queue_WindowTurnsTooLate_RefusesAtOnceAndSaysWhen()
    {
        var scene = new LimitScene(LimitScene.Requests(1, Queue));
        await scene.SendAsync();

        var error = await scene.SendAsync();

        Assert.Equal((RouterErrorCode.RateLimitExceeded, TimeSpan.FromSeconds(60)), (error!.Code, error.RetryAfter));
    }

    [Fact]
    public async Task Queue_PatienceEnds_RefusesWithRetryAfter()
    {
        var scene = new LimitScene(LimitScene.Concurrency(1, Queue));
        Assert.Null(await scene.BeginAsync(scene.Request()));
        var (waiting, behind) = (scene.BeginAsync(scene.Request()), scene.BeginAsync(scene.Request()));

        await scene.AdvanceUntilAsync(Task.WhenAll(waiting, behind), TimeSpan.FromSeconds(7));

        Assert.Equal(TimeSpan.FromSeconds(1), (await waiting)!.RetryAfter);
        Assert.Equal(RouterErrorCode.RateLimitExceeded, (await behind)!.Code);
    }

    [Fact]
    public async Task Queue_LineIsFull_RefusesAtOnce()
    {
        var scene = new LimitScene(LimitScene.Concurrency(1, Queue));
        Assert.Null(await scene.BeginAsync(scene.Request()));
        using var left = new CancellationTokenSource();
        var waiting = Enumerable.Range(0, LimitLines.MaxInLine).Select(_ => scene.BeginAsync(scene.Request(), left.Token)).ToList();

        var error = await scene.BeginAsync(scene.Request()).WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Equal(RouterErrorCode.RateLimitExceeded, error!.Code);
        await left.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.WhenAll(waiting));
        Assert.All(waiting, static one => Assert.True(one.IsCanceled));
    }

    [Fact]
    public async Task Queue_CallerLeavesTheLine_TheNextMovesUp()
    {
        var scene = new LimitScene(LimitScene.Concurrency(1, Queue));
        var running = scene.Request();
        await scene.BeginAsync(running);
        using var left = new CancellationTokenSource();
        var leaving = scene.BeginAsync(scene.Request(), left.Token);
        var behind = scene.BeginAsync(scene.Request());

        await left.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving);
        LimitScene.Settle(running);

        Assert.Null(await behind.WaitAsync(TimeSpan.FromSeconds(30)));
    }

    // A caller that waits less long than the line was answered when it had long gone.
    [Theory, InlineData(false), InlineData(true)]
    public async Task Queue_CallerGivesLessTime_WaitsNoLongerThanThat(bool othersWait)
    {
        var scene = new LimitScene(LimitScene.Concurrency(1, Queue));
        await scene.BeginAsync(scene.Request());
        var others = othersWait ? scene.BeginAsync(scene.Request()) : null;
        var waiting = scene.BeginAsync(scene.Request("", ("x-litellm-timeout", "1")));
        Assert.False(waiting.IsCompleted);

        await scene.AdvanceUntilAsync(waiting, TimeSpan.FromSeconds(2));

        Assert.Equal(RouterErrorCode.RateLimitExceeded, (await waiting)!.Code);
        Assert.False(others?.IsCompleted ?? false);
    }

    [Fact]
    public async Task Queue_OthersWaitForAModel_WhoHasAnotherGoesThere()
    {
        var ofMini = LimitScene.Concurrency(1, Queue);
        var scene = new LimitScene { Shared = new SharedLimits { ByModel = new Dictionary<string, ImmutableArray<LimitModel>> { ["mini"] = [ofMini] }.ToFrozenDictionary() } };
        await scene.BeginAsync(scene.Request());
        var waiting = scene.BeginAsync(scene.Request());
        Assert.False(waiting.IsCompleted);

        scene.Models = ["mini", "nano"];
        var other = scene.Request();

        Assert.Null(await scene.BeginAsync(other).WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Equal(["nano"], other.Plan.Candidates.Select(static candidate => candidate.Model.Name));
        Assert.False(waiting.IsCompleted);
    }

    [Fact]
    public async Task Queue_OthersWaitForMoney_AFreeModelAnswersAtOnce()
    {
        var scene = new LimitScene(LimitScene.Budget(0.0001m, atLimit: Queue));
        await scene.BeginAsync(scene.Request());
        var waiting = scene.BeginAsync(scene.Request());
        Assert.False(waiting.IsCompleted);

        scene.Models = ["free"];

        Assert.Null(await scene.BeginAsync(scene.Request()).WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.False(waiting.IsCompleted);
    }

    [Fact]
    public async Task Watch_BudgetRunsOut_EachMarkIsToldOnceInAWindow()
    {
        var scene = new LimitScene(LimitScene.Budget(0.001m, LimitWindow.Day));
        var told = new List<int>();
        scene.Watch.Reached += mark => told.Add(mark.Percent);

        for (var count = 0; count < 30; count++)
            await scene.SendAsync(answerTokens: 0);

        Assert.Equal([50, 80, 100], told);
        scene.Time.Advance(TimeSpan.FromDays(1));
        for (var count = 0; count < 6; count++)
            await scene.SendAsync(answerTokens: 0);
        Assert.Equal([50, 80, 100, 50], told);
    }

    // A budget that was raised and runs out again would otherwise do so in silence.
    [Fact]
    public async Task Watch_BudgetIsRaised_ItsMarksAreToldAnew()
    {
        var scene = new LimitScene(LimitScene.Budget(1));
        var told = new List<(int, long)>();
        scene.Watch.Reached += mark => told.Add((mark.Percent, mark.Limit.Amount));
        Spend(scene, 1_000_000);
        await scene.SendAsync();

        scene.Tier = new TierModel { Name = scene.Tier.Name, Limits = [LimitScene.Budget(10)] };
        await scene.SendAsync();
        Spend(scene, 9_000_000);
        await scene.SendAsync();
        await scene.SendAsync();

        Assert.Equal([(100, 1_000_000L), (100, 10_000_000L)], told);
    }

    [Theory]
    [InlineData(SubjectKind.Key, "bb", "of the key bb are")]
    [InlineData(SubjectKind.Key, "", "of callers without a key are")]
    [InlineData(SubjectKind.Tag, "team=search", "of the keys tagged team=search are")]
    public void Watch_MarkIsReached_IsLoggedInWords(SubjectKind kind, string name, string expected)
    {
        using var logs = new LogCollector();
        var budget = LimitScene.Budget(1);

        new BudgetWatch(TimeProvider.System, logs.CreateLogger<BudgetWatch>()).Look(new LimitSubject(kind, name), budget, new LimitStanding(budget.Amount, budget.Amount, 0, null));

        Assert.Contains($"100 % of the budget budget.month {expected} spent", Assert.Single(logs.Entries).Message, StringComparison.Ordinal);
    }

    // What an instance knows of the others' use goes up and down a little.
    [Fact]
    public void Watch_SpendingSeemsLessForAMoment_NoMarkIsToldTwice()
    {
        var (scene, budget) = (new LimitScene(), LimitScene.Budget(1));
        var told = new List<int>();
        scene.Watch.Reached += mark => told.Add(mark.Percent);

        foreach (var used in new[] { 510_000, 490_000, 520_000, 400_000, 500_000 })
            scene.Watch.Look(new LimitSubject(SubjectKind.Key, LimitScene.Caller), budget, new LimitStanding(budget.Amount, used, 0, null));

        Assert.Equal([50], told);
    }

    [Fact]
    public void Watch_RaisedFarAndLoweredAgain_IsToldAnew()
    {
        var scene = new LimitScene();
        var told = new List<int>();
        scene.Watch.Reached += mark => told.Add(mark.Percent);

        foreach (var usd in new[] { 1m, 50m, 1m, 1m })
            scene.Watch.Look(new LimitSubject(SubjectKind.Key, LimitScene.Caller), LimitScene.Budget(usd), new LimitStanding((long)(usd * 1_000_000), 1_000_000, 0, null));

        Assert.Equal([100, 100], told);
    }

    [Fact]
    public async Task Look_Figures_AreOfTheTightestLimit()
    {
        var scene = new LimitScene(
            LimitScene.Requests(10), LimitScene.Requests(5) with { Name = "key.requestsPerMinute" }, LimitScene.Tokens(1000), LimitScene.Budget(1), LimitScene.Budget(0.5m, LimitWindow.Day));
        scene.Time.Advance(TimeSpan.FromSeconds(15));
        LimitFigures figures = default;

        await scene.SendAsync(look: context => figures = context.Limits!.Look());

        Assert.Equal(new RateFigures(5, 4, TimeSpan.FromSeconds(45)), figures.Requests);
        Assert.Equal(new RateFigures(1000, 850, TimeSpan.FromSeconds(45)), figures.Tokens);
        Assert.Equal(0.4994m, figures.BudgetRemainingUsd);
    }

    private static void Spend(LimitScene scene, long micros) => scene.Ledger.Charge([new Claim(new LimitSubject(SubjectKind.Key, LimitScene.Caller), scene.Tier.Limits[0], micros)]);
}
