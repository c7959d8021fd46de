using System.Collections.Frozen;
using ServerlessRouter.Configuration;
using ServerlessRouter.Errors;
using ServerlessRouter.Governance;
using ServerlessRouter.Governance.Enforcement;
using Xunit;

namespace ServerlessRouter.Core.Tests.Governance.Enforcement;

/// <summary>What a request takes from the limits it is under, and gives back.</summary>
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

    [Fact]
    public async Task Settle_Answered_CountsWhatWasUsed()
    {
        var scene = new LimitScene(LimitScene.Requests(10), LimitScene.Tokens(10_000), LimitScene.Budget(1), LimitScene.Concurrency(2));

        await scene.SendAsync(Answer);

        Assert.Equal([1L, 150L, 600L, 0L], scene.Tier.Limits.Select(limit => scene.Standing(limit).Used));
        Assert.All(scene.Tier.Limits, limit => Assert.Equal(0, scene.Standing(limit).Pending));
    }

    [Fact]
    public async Task Settle_CalledTwice_CountsOnce()
    {
        var scene = new LimitScene(LimitScene.Tokens(10_000));
        var context = scene.Request();
        await scene.BeginAsync(context);
        LimitScene.Answer(context, Answer);

        LimitScene.Settle(context);
        LimitScene.Settle(context);

        Assert.Equal((150, 0), (scene.Standing(scene.Tier.Limits[0]).Used, scene.Standing(scene.Tier.Limits[0]).Pending));
    }

    [Fact]
    public async Task Settle_SeveralAttemptsAndASideCall_CountsThemAll()
    {
        var scene = new LimitScene(LimitScene.Tokens(10_000), LimitScene.Budget(1)) { Models = ["mini", "large"] };
        var context = scene.Request();
        await scene.BeginAsync(context);

        LimitScene.Answer(context, 10, failure: new AttemptFailure(FailureKind.CutAfterCommit, "cut"));
        LimitScene.Answer(context, 20, candidate: 1);
        context.SideCalls.Add(context.Attempts[0]);
        LimitScene.Settle(context);

        Assert.Equal((110 + 120 + 110, 200 + 3000 + 200), (scene.Standing(scene.Tier.Limits[0]).Used, scene.Standing(scene.Tier.Limits[1]).Used));
    }

    // BerriAI/litellm#30460, #27955: what failed or was left gave nothing back.
    [Fact]
    public async Task Settle_NothingWasSent_GivesEverythingBackButTheRequest()
    {
        var scene = new LimitScene(LimitScene.Requests(10), LimitScene.Tokens(1000), LimitScene.Budget(0.01m), LimitScene.Concurrency(1));
        var context = scene.Request();
        await scene.BeginAsync(context);

        LimitScene.Settle(context);

        Assert.Equal([1L, 0L, 0L, 0L], scene.Tier.Limits.Select(limit => scene.Standing(limit).Used));
        Assert.Null(await scene.SendAsync());
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
    public async Task Settle_RefusedAfterASideCall_ChargesTheSideCall()
    {
        var scene = new LimitScene(LimitScene.Budget(1));
        var context = scene.Request();
        await scene.BeginAsync(context);
        var refused = scene.Request();
        refused.Limits = new LimitTicket(scene.Desk, refused, CallerClaims.Of(refused)!);
        LimitScene.Answer(context, Answer);
        refused.SideCalls.Add(context.Attempts[0]);

        LimitScene.Settle(refused);

        Assert.Equal(600, scene.Standing(scene.Tier.Limits[0]).Used);
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

    [Fact]
    public async Task Invoke_EndUsers_EachHasItsOwn()
    {
        var perUser = new LimitModel("user.requestsPerMinute", LimitMeasure.Requests, 1, LimitWindow.Minute);
        var scene = new LimitScene { EndUserHeader = "x-end-user" };
        scene.Tier = new TierModel { Name = "pro", UserLimits = [perUser] };

        Assert.Null(await scene.SendAsync(fields: "\"user\":\"ann\""));
        Assert.Null(await scene.SendAsync(headers: ("x-end-user", "ben")));
        Assert.Null(await scene.SendAsync(fields: "\"safety_identifier\":\"c\\u00e9line\""));
        Assert.Null(await scene.SendAsync());
        Assert.Null(await scene.SendAsync());

        Assert.Equal("The limit 'user.requestsPerMinute' of this end user, 1 requests a minute, is reached. Try again in 60 s.", (await scene.SendAsync(fields: "\"user\":\"ann\""))!.Message);
        Assert.NotNull(await scene.SendAsync(fields: "\"user\":\"ann\"", headers: ("x-end-user", "ben")));
        Assert.Equal(1, scene.Standing(perUser, SubjectKind.EndUser, "search/céline").Used);
    }

    [Fact]
    public void ClaimsOfEndUsersAndSessions_TellTheirKey_AndOthersNone()
    {
        var scene = new LimitScene { EndUserHeader = "x-end-user" };
        scene.Tier = new TierModel { Name = "pro", Limits = [LimitScene.Requests(1)], UserLimits = [LimitScene.Requests(1)], SessionLimits = [LimitScene.Requests(1)] };

        var claims = CallerClaims.Of(scene.Request(headers: [("x-end-user", "ann/web"), ("x-session-id", "s-1")]))!;

        Assert.Equal([(SubjectKind.Key, null), (SubjectKind.Session, LimitScene.Caller), (SubjectKind.EndUser, LimitScene.Caller)], claims.Select(static claim => (claim.Subject.Kind, claim.NamedBy)));
    }

    // BerriAI/litellm#24675, #15967: what end users had spent was never counted anew, and users no one had registered were under no budget.
    [Fact]
    public async Task Invoke_EndUserNoOneRegistered_HasABudgetThatBeginsAnew()
    {
        var perUser = new LimitModel("user.budget.day", LimitMeasure.Money, 500, LimitWindow.Day);
        var scene = new LimitScene();
        scene.Tier = new TierModel { Name = "pro", UserLimits = [perUser] };
        Assert.Null(await scene.SendAsync(Answer, "\"user\":\"ann\""));
        Assert.Equal(RouterErrorCode.InsufficientQuota, (await scene.SendAsync(Answer, "\"user\":\"ann\""))!.Code);

        scene.Time.Advance(TimeSpan.FromDays(1));

        Assert.Null(await scene.SendAsync(Answer, "\"user\":\"ann\""));
    }

    [Fact]
    public async Task Invoke_EndUserWithAVeryLongName_IsCountedUnderItsHash()
    {
        var perUser = new LimitModel("user.requestsPerMinute", LimitMeasure.Requests, 1, LimitWindow.Minute);
        var scene = new LimitScene();
        scene.Tier = new TierModel { Name = "pro", UserLimits = [perUser] };
        var name = new string('x', 100_000);

        Assert.Null(await scene.SendAsync(fields: $"\"user\":\"{name}\""));

        Assert.NotNull(await scene.SendAsync(fields: $"\"user\":\"{name}\""));
        Assert.All(scene.Ledger.Reserved.SelectMany(static claims => claims), static claim => Assert.InRange(claim.Subject.Name.Length, 1, 200));
    }

    [Fact]
    public async Task Invoke_SessionIsUsedUp_RefusesForGood()
    {
        var scene = new LimitScene();
        scene.Tier = new TierModel { Name = "pro", SessionLimits = [new LimitModel("session.requests", LimitMeasure.Requests, 2, LimitWindow.Session)] };
        Assert.Null(await scene.SendAsync(headers: ("x-session-id", "agent-1")));
        Assert.Null(await scene.SendAsync(fields: "\"session_id\":\"agent-1\""));

        var error = await scene.SendAsync(headers: ("x-session-id", "agent-1"));

        Assert.Equal((RouterErrorCode.InsufficientQuota, false, new LimitFacts("session.requests", "session", null)), (error!.Code, error.ShouldRetry, error.Limit));
        Assert.Null(await scene.SendAsync(headers: ("x-session-id", "agent-2")));
        Assert.Null(await scene.SendAsync(fields: "\"prompt_cache_key\":\"agent-1\""));
    }

    [Fact]
    public async Task Invoke_SharedLimits_HoldForWhatTheyAreOf()
    {
        var (route, tier, tag) = (Shared("route"), Shared("tier"), Shared("tag"));
        var scene = new LimitScene
        {
            Shared = new SharedLimits
            {
                ByRoute = new Dictionary<string, System.Collections.Immutable.ImmutableArray<LimitModel>> { ["auto"] = [route] }.ToFrozenDictionary(),
                ByTier = new Dictionary<string, System.Collections.Immutable.ImmutableArray<LimitModel>> { ["pro"] = [tier], ["free"] = [Shared("other")] }.ToFrozenDictionary(),
                ByTag = [new TagLimits("team", "search", [tag])],
            },
        };
        var context = scene.Request();
        context.Caller = context.Caller! with { Tags = new Dictionary<string, string> { ["team"] = "search" }.ToFrozenDictionary() };

        await scene.BeginAsync(context);
        await scene.SendAsync();

        Assert.Equal([("Tier", "pro"), ("Route", "auto"), ("Tag", "team=search")], scene.Ledger.Reserved[0].Select(static claim => (claim.Subject.Kind.ToString(), claim.Subject.Name)));
        Assert.Equal(["Tier", "Route"], scene.Ledger.Reserved[1].Select(static claim => claim.Subject.Kind.ToString()));
    }

    [Fact]
    public async Task Invoke_ModelIsAtItsLimit_AnotherCandidateAnswers()
    {
        var ofLarge = Shared("large-cap", 1);
        var scene = new LimitScene
        {
            Models = ["large", "mini"],
            Shared = new SharedLimits { ByModel = new Dictionary<string, System.Collections.Immutable.ImmutableArray<LimitModel>> { ["large"] = [ofLarge] }.ToFrozenDictionary() },
        };
        Assert.Null(await scene.SendAsync(look: static context => Assert.Equal("large", context.Plan.Candidates[0].Model.Name)));

        Assert.Null(await scene.SendAsync(look: static context => Assert.Equal(["mini"], context.Plan.Candidates.Select(static candidate => candidate.Model.Name))));

        Assert.Equal(1, scene.Standing(ofLarge, SubjectKind.Model, "large").Used);
    }

    [Fact]
    public async Task Settle_AnotherModelAnswered_CountsAtItsOwnLimit()
    {
        var (ofLarge, ofMini) = (Shared("large-cap", 5), Shared("mini-cap", 5));
        var scene = new LimitScene
        {
            Models = ["large", "mini"],
            Shared = new SharedLimits
            {
                ByModel = new Dictionary<string, System.Collections.Immutable.ImmutableArray<LimitModel>> { ["large"] = [ofLarge], ["mini"] = [ofMini] }.ToFrozenDictionary(),
            },
        };
        var context = scene.Request();
        await scene.BeginAsync(context);

        LimitScene.Answer(context, 10, candidate: 1);
        LimitScene.Settle(context);

        Assert.Equal((0, 1), (scene.Standing(ofLarge, SubjectKind.Model, "large").Used, scene.Standing(ofMini, SubjectKind.Model, "mini").Used));
    }

    [Fact]
    public async Task Invoke_OnlyAnotherModelHasALimit_TakesNothing()
    {
        var ofLarge = Shared("large-cap", 1);
        var scene = new LimitScene
        {
            Models = ["mini", "large"],
            Shared = new SharedLimits { ByModel = new Dictionary<string, System.Collections.Immutable.ImmutableArray<LimitModel>> { ["large"] = [ofLarge] }.ToFrozenDictionary() },
        };

        Assert.Null(await scene.SendAsync());

        Assert.Empty(scene.Ledger.Reserved);
        Assert.Equal(0, scene.Standing(ofLarge, SubjectKind.Model, "large").Used);
    }

    [Theory, InlineData(0.0000004), InlineData(0.0000025)]
    public void Micros_TinyCosts_AddUpToWhatTheyAre(double usd)
    {
        var random = new ServerlessRouter.Testing.Chance.SeededRandomSource(3);
        var sum = 0L;
        for (var count = 0; count < 100_000; count++)
            sum += new RequestUse(1, (decimal)usd).Micros(random);

        Assert.InRange(sum, usd * 100_000 * 1_000_000 * 0.98, usd * 100_000 * 1_000_000 * 1.02);
    }

    private static LimitModel Shared(string name, int amount = 10) => new($"{name}.requestsPerMinute", LimitMeasure.Requests, amount, LimitWindow.Minute);
}
