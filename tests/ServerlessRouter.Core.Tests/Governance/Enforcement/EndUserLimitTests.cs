using ServerlessRouter.Configuration;
using ServerlessRouter.Errors;
using ServerlessRouter.Governance;
using ServerlessRouter.Governance.Enforcement;
using ServerlessRouter.Governance.Leases;
using Xunit;

namespace ServerlessRouter.Core.Tests.Governance.Enforcement;

/// <summary>End users and sessions, which callers name in their own words: each has its own count.</summary>
public sealed class EndUserLimitTests
{
    private const int Answer = 50;

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

        Assert.Equal("The limit 'user.requestsPerMinute' of this end user, 1 request a minute, is reached. Try again in 60 s.", (await scene.SendAsync(fields: "\"user\":\"ann\""))!.Message);
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

    [Theory]
    [InlineData("acme", "web/x", "acme/web", "x")]
    [InlineData("acme/web", "x", "acme%2Fweb", "x")]
    [InlineData("acme%2Fweb", "x", "acme%252Fweb", "x")]
    [InlineData("/", "x", "", "/x")]
    public async Task Invoke_KeysAndNamesThatReadAlikeWhenJoined_AreCountedApart(string key, string name, string otherKey, string otherName)
    {
        var once = new LimitModel("requests", LimitMeasure.Requests, 1, LimitWindow.Session);
        var scene = new LimitScene { EndUserHeader = "x-end-user" };
        foreach (var (tier, header) in new[] { (new TierModel { Name = "pro", UserLimits = [once] }, "x-end-user"), (new TierModel { Name = "pro", SessionLimits = [once] }, "x-session-id") })
        {
            scene.Tier = tier;
            Assert.Null(await SendAsync(scene, key, header, name));
            Assert.Null(await SendAsync(scene, otherKey, header, otherName));
            Assert.NotNull(await SendAsync(scene, key, header, name));
            Assert.NotNull(await SendAsync(scene, otherKey, header, otherName));
        }
    }

    [Theory, InlineData("search"), InlineData("acme/web"), InlineData("100%"), InlineData("acme%2Fweb")]
    public void KeyAndItsEndUsers_StandInOneShardOfTheStore(string key)
    {
        var scene = new LimitScene { EndUserHeader = "x-end-user" };
        scene.Tier = new TierModel { Name = "pro", Limits = [LimitScene.Requests(1)], UserLimits = [LimitScene.Requests(1)] };
        var context = scene.Request(headers: ("x-end-user", "ann/web"));
        context.Caller = context.Caller! with { Name = key };

        Assert.Single(CallerClaims.Of(context)!.Select(static claim => LeaseTables.ShardOf(claim.Subject)).Distinct());
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

    private static async Task<RouterError?> SendAsync(LimitScene scene, string key, string header, string name)
    {
        var context = scene.Request(headers: (header, name));
        if (key.Length == 0)
            context.CallerName = null;
        else
            context.Caller = context.Caller! with { Name = key };
        return await scene.BeginAsync(context);
    }
}
