using ServerlessRouter.Configuration;
using ServerlessRouter.Errors;
using ServerlessRouter.Governance;
using ServerlessRouter.Governance.Enforcement;
using Xunit;

namespace ServerlessRouter.Core.Tests.Governance.Enforcement;

/// <summary>What a request takes from the limits it is under, and why it may not.</summary>
public sealed class ReservationTests
{
    private const int Answer = 50;

    [Fact]
    public async Task Invoke_NoLimits_CostsNothing()
    {
        var scene = new LimitScene();
        var context = scene.Request();

        Assert.Null(await scene.BeginAsync(context));

        Assert.Null(context.Limits);
        Assert.Empty(scene.Ledger.Reserved);
    }

    [Fact]
    public async Task Invoke_RequestsOfAMinute_AreExact()
    {
        var scene = new LimitScene(LimitScene.Requests(3));
        for (var count = 0; count < 3; count++)
            Assert.Null(await scene.SendAsync());
        scene.Time.Advance(TimeSpan.FromSeconds(20));

        var error = await scene.SendAsync();

        Assert.Equal((RouterErrorCode.RateLimitExceeded, true, TimeSpan.FromSeconds(40)), (error!.Code, error.ShouldRetry, error.RetryAfter));
        Assert.Equal(new LimitFacts("requestsPerMinute", "minute", scene.Time.GetUtcNow().AddSeconds(40)), error.Limit);
        Assert.Equal("The limit 'requestsPerMinute' of this key, 3 requests a minute, is reached. Try again in 40 s.", error.Message);
        scene.Time.Advance(TimeSpan.FromSeconds(40));
        Assert.Null(await scene.SendAsync());
    }

    [Fact]
    public async Task Invoke_BudgetIsSpent_SaysSoAndThatRetryingDoesNotHelp()
    {
        var budget = LimitScene.Budget(0.001m, LimitWindow.Day);
        var scene = new LimitScene(budget);
        Assert.Null(await scene.SendAsync(answerTokens: 90));

        var error = await scene.SendAsync();

        Assert.Equal((RouterErrorCode.InsufficientQuota, 429, false, null), (error!.Code, error.Status, error.ShouldRetry, error.RetryAfter));
        Assert.Equal(new LimitFacts("budget.day", "day", new DateTimeOffset(2026, 1, 2, 0, 0, 0, TimeSpan.Zero)) { Budget = new BudgetFacts(0.001m, 0, 0.001m) }, error.Limit);
        Assert.Contains("0.001 USD a day, is used up (0.001 USD spent, 0.00 USD pending). It begins anew at 2026-01-02T00:00:00Z", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Invoke_WhatIsLeftIsHeldByOthers_IsThrottledForAMoment()
    {
        var scene = new LimitScene(LimitScene.Budget(0.001m));
        var held = scene.Request("\"max_tokens\":5000");
        Assert.Null(await scene.BeginAsync(held));

        var error = await scene.SendAsync();

        Assert.Equal((RouterErrorCode.RateLimitExceeded, TimeSpan.FromSeconds(1), true), (error!.Code, error.RetryAfter, error.IsThrottled));
        LimitScene.Answer(held, 5);
        LimitScene.Settle(held);
        Assert.Null(await scene.SendAsync());
    }

    [Theory]
    [InlineData("", 400)]
    [InlineData("\"max_tokens\":40", 140)]
    [InlineData("\"max_completion_tokens\":40,\"n\":3", 220)]
    public async Task Reserve_Tokens_AreThePromptAndTheLongestAnswerExpected(string fields, int tokens)
    {
        var scene = new LimitScene(LimitScene.Tokens(10_000), LimitScene.Budget(1));

        await scene.BeginAsync(scene.Request(fields));

        Assert.Equal((tokens, 100 + ((tokens - 100) * 10)), (scene.Standing(scene.Tier.Limits[0]).Pending, scene.Standing(scene.Tier.Limits[1]).Pending));
    }

    [Fact]
    public async Task Reserve_AnswersOfTheKeyAreKnown_GoesByTheLongOnes()
    {
        var scene = new LimitScene(LimitScene.Tokens(1_000_000));
        for (var count = 0; count < 19; count++)
            await scene.SendAsync(answerTokens: 8);
        await scene.SendAsync(answerTokens: 1000);

        await scene.BeginAsync(scene.Request());

        Assert.Equal(110, scene.Standing(scene.Tier.Limits[0]).Pending);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(7, 7)]
    [InlineData(100, 112)]
    [InlineData(1000, 1024)]
    public void LengthCounts_Long_IsTheEndOfTheStep(int tokens, int expected)
    {
        var counts = new LengthCounts();
        for (var count = 0; count < 5000; count++)
            counts.Add(tokens);

        Assert.InRange(counts.Long!.Value, tokens, expected + 1);
    }

    // BerriAI/litellm#39309: a request that one limit refused had already taken from the others.
    [Fact]
    public async Task Invoke_OneLimitRefuses_TakesNothingFromTheOthers()
    {
        var scene = new LimitScene(LimitScene.Requests(10), LimitScene.Budget(0.0001m));
        await scene.SendAsync(answerTokens: 100);

        for (var count = 0; count < 5; count++)
            Assert.NotNull(await scene.SendAsync());

        Assert.Equal(1, scene.Standing(scene.Tier.Limits[0]).Used);
    }

    // BerriAI/litellm#24677: several limits shared one clock.
    [Fact]
    public async Task Invoke_TwoWindows_EachHasItsOwnClock()
    {
        var (hour, day) = (LimitScene.Budget(0.0006m, LimitWindow.Hour), LimitScene.Budget(0.0012m, LimitWindow.Day));
        var scene = new LimitScene(hour, day);
        Assert.Null(await scene.SendAsync(Answer));
        Assert.Equal("budget.hour", (await scene.SendAsync(Answer))!.Limit!.Limit);

        scene.Time.Advance(TimeSpan.FromHours(1));
        Assert.Null(await scene.SendAsync(Answer));

        scene.Time.Advance(TimeSpan.FromHours(1));
        Assert.Equal("budget.day", (await scene.SendAsync(Answer))!.Limit!.Limit);
        Assert.Equal((0, 1200), (scene.Standing(hour).Used, scene.Standing(day).Used));
    }

    // BerriAI/litellm#22726: a spent budget kept callers from models that cost nothing.
    [Fact]
    public async Task Invoke_ModelIsFree_PassesASpentBudgetAndCountsAsARequest()
    {
        var scene = new LimitScene(LimitScene.Requests(10), LimitScene.Budget(0.0001m)) { Models = ["free", "mini"] };
        scene.Ledger.Charge([new Claim(new LimitSubject(SubjectKind.Key, LimitScene.Caller), scene.Tier.Limits[1], 5000)]);

        Assert.Null(await scene.SendAsync(look: static context => Assert.Equal(["free"], context.Plan.Candidates.Select(static candidate => candidate.Model.Name))));

        Assert.Equal(1, scene.Standing(scene.Tier.Limits[0]).Used);
    }

    [Fact]
    public async Task Invoke_ModelIsFreeAndAllMoneyIsHeld_Passes()
    {
        var budget = LimitScene.Budget(0.001m);
        var scene = new LimitScene(budget) { Models = ["free", "mini"] };
        await scene.Ledger.ReserveAsync([new Claim(new LimitSubject(SubjectKind.Key, LimitScene.Caller), budget, 5000)], CancellationToken.None);

        Assert.Null(await scene.SendAsync());
    }

    [Fact]
    public async Task Invoke_SpentBudget_IsSeenBeforeAnythingIsAsked()
    {
        var budget = LimitScene.Budget(0.0001m);
        var scene = new LimitScene(budget);
        scene.Tier = new TierModel { Name = "pro", Limits = [budget], Sparing = [new BudgetModel(budget, DowngradePolicies.Cheapest, 0.2)] };
        await scene.SendAsync(Answer);
        var context = scene.Request();

        await scene.BeginAsync(context);

        Assert.True(context.IsLimitUsedUp);
    }

    [Fact]
    public async Task Invoke_StoreIsUnavailable_503SaysSo()
    {
        var scene = new LimitScene(LimitScene.Budget(1));
        scene.Ledger.IsStoreDown = true;

        var sending = scene.SendAsync();
        await scene.AdvanceUntilAsync(sending, TimeSpan.FromSeconds(2));
        var error = await sending;

        Assert.Equal((RouterErrorCode.TemporarilyUnavailable, 503, false), (error!.Code, error.Status, error.IsThrottled));
        Assert.Contains("cannot be looked up", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Invoke_StoreAnswersAMomentLater_LetsTheRequestThrough()
    {
        var scene = new LimitScene(LimitScene.Budget(1));
        scene.Ledger.IsStoreDown = true;
        var sending = scene.SendAsync();
        scene.Ledger.IsStoreDown = false;

        await scene.AdvanceUntilAsync(sending, TimeSpan.FromSeconds(1));

        Assert.Null(await sending);
    }

    [Fact]
    public async Task Invoke_OnlyPlanned_TakesNothing()
    {
        var scene = new LimitScene(LimitScene.Requests(1));
        var context = scene.Request();
        context.IsOnlyPlanned = true;

        Assert.Null(await scene.BeginAsync(context));

        Assert.Empty(scene.Ledger.Reserved);
    }
}
