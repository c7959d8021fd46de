using ServerlessRouter.Configuration;
using Xunit;

namespace ServerlessRouter.Core.Tests.Configuration;

/// <summary>Limits and budgets as they are written, and what is wrong with them.</summary>
public class LimitConfigurationTests
{
    [Fact]
    public async Task Accepts_TierWithEveryLimit()
    {
        var router = await new ConfigurationDraft().Set("tiers.pro", """
            { "requestsPerMinute": 20, "tokensPerMinute": 40000, "concurrentRequests": 4, "budget": [{ "usd": 1, "per": "day" }, { "usd": 10.5, "per": "month" }],
              "session": { "usd": 0.5, "requests": 200 }, "user": { "usd": 0.1, "per": "week", "requestsPerMinute": 5 },
              "atLimit": { "queueSeconds": 2.5 }, "onStoreFailure": "closed" }
            """).AcceptAsync();

        var tier = router.Tiers[0];
        Assert.Equal(["requestsPerMinute", "tokensPerMinute", "concurrentRequests", "budget.day", "budget.month"], tier.Limits.Select(static limit => limit.Name));
        Assert.Equal([20L, 40_000, 4, 1_000_000, 10_500_000], tier.Limits.Select(static limit => limit.Amount));
        Assert.Equal([LimitWindow.Minute, LimitWindow.Minute, LimitWindow.None, LimitWindow.Day, LimitWindow.Month], tier.Limits.Select(static limit => limit.Window));
        Assert.Equal([("session.requests", 200L), ("session.budget", 500_000L)], tier.SessionLimits.Select(static limit => (limit.Name, limit.Amount)));
        Assert.Equal([("user.requestsPerMinute", LimitWindow.Minute), ("user.budget.week", LimitWindow.Week)], tier.UserLimits.Select(static limit => (limit.Name, limit.Window)));
        Assert.All(tier.Limits.Concat(tier.SessionLimits).Concat(tier.UserLimits), static limit =>
            Assert.Equal((new AtLimitModel(AtLimitAction.Queue, Wait: TimeSpan.FromSeconds(2.5)), StoreFailureRule.Closed), (limit.AtLimit, limit.OnStoreFailure)));
    }

    [Theory]
    [InlineData("\"refuse\"", AtLimitAction.Refuse, 1, 0)]
    [InlineData("\"downgrade\"", AtLimitAction.Downgrade, 1.2, 0)]
    [InlineData("""{"downgradeUpTo":1.5}""", AtLimitAction.Downgrade, 1.5, 0)]
    [InlineData("\"queue\"", AtLimitAction.Queue, 1, 5)]
    [InlineData("""{"action":"queue","queueSeconds":3}""", AtLimitAction.Queue, 1, 3)]
    public async Task Accepts_AtLimit(string json, AtLimitAction action, double upTo, double seconds)
    {
        var router = await new ConfigurationDraft().Set("tiers.pro.budget", """{"usd":1,"per":"day"}""").Set("tiers.pro.atLimit", json).AcceptAsync();

        Assert.Equal(new AtLimitModel(action, upTo, TimeSpan.FromSeconds(seconds)), router.Tiers[0].Limits[0].AtLimit);
    }

    [Fact]
    public async Task Accepts_KeyWithLimitsOfItsOwn_BesideThoseOfItsTier()
    {
        var router = await new ConfigurationDraft().Set("tiers.pro.requestsPerMinute", "60").Set("tiers.pro.atLimit", "\"queue\"")
            .Set("keys.team-a.budget", """{"usd":50,"per":"month","whenLow":"cheapest"}""").Set("keys.team-a.requestsPerMinute", "10").AcceptAsync();

        var caller = router.CallersByKeyHash.Values.Single();
        Assert.Equal([("key.requestsPerMinute", 10L, AtLimitAction.Queue), ("key.budget.month", 50_000_000L, AtLimitAction.Queue)], caller.Limits.Select(static limit => (limit.Name, limit.Amount, limit.AtLimit.Action)));
        Assert.Equal("requestsPerMinute", Assert.Single(caller.Tier.Limits).Name);
        Assert.Same(caller.Limits[1], Assert.Single(caller.Sparing).Limit);
    }

    [Fact]
    public async Task Accepts_SharedLimits_ByWhatTheyAreOf()
    {
        var router = await new ConfigurationDraft().Set("limits", """
            [{ "name": "large-cap", "for": { "model": "large" }, "budget": { "usd": 5, "per": "day" } }, { "name": "auto-rate", "for": { "route": "auto" }, "requestsPerMinute": 100 },
             { "name": "all-pro", "for": { "tier": "pro" }, "tokensPerMinute": 9 }, { "name": "team", "for": { "tag": { "team": "search" } }, "concurrentRequests": 2 },
             { "name": "team-money", "for": { "tag": { "team": "search" } }, "budget": { "usd": 1, "per": "hour" } }]
            """).AcceptAsync();

        var shared = router.SharedLimits;
        Assert.Equal("large-cap.budget.day", Assert.Single(shared.ByModel["large"]).Name);
        Assert.Equal("auto-rate.requestsPerMinute", Assert.Single(shared.ByRoute["auto"]).Name);
        Assert.Equal("all-pro.tokensPerMinute", Assert.Single(shared.ByTier["pro"]).Name);
        var tag = Assert.Single(shared.ByTag);
        Assert.Equal(("team=search", 2), (tag.Text, tag.Limits.Length));
    }

    [Fact]
    public async Task Accepts_NoLimits_AsNone()
    {
        var router = await new ConfigurationDraft().AcceptAsync();

        Assert.True(router.SharedLimits.IsEmpty);
        Assert.All(router.Tiers, static tier => Assert.True(tier.Limits.IsEmpty && tier.SessionLimits.IsEmpty && tier.UserLimits.IsEmpty && tier.Sparing.IsEmpty));
    }

    // BerriAI/litellm#9440: a limit of -2 was accepted.
    [Theory]
    [InlineData("tiers.pro.requestsPerMinute", "0", "is 0, but must be 1 or more")]
    [InlineData("tiers.pro.tokensPerMinute", "-2", "is -2, but must be 1 or more")]
    [InlineData("tiers.pro.concurrentRequests", "0", "must be 1 or more")]
    [InlineData("tiers.pro.requestsPerMinute", "1.5", "must be a whole number")]
    [InlineData("keys.team-a.tokensPerMinute", "-1", "must be 1 or more")]
    public async Task Rejects_LimitBelowOne(string member, string json, string message) => await new ConfigurationDraft().Set(member, json).RejectAsync(member, message);

    [Theory]
    [InlineData("""{"usd":0,"per":"day"}""", "tiers.pro.budget.usd", "is 0, but must be between 0.000001")]
    [InlineData("""{"usd":-5,"per":"day"}""", "tiers.pro.budget.usd", "is -5")]
    [InlineData("""{"usd":5,"per":"fortnight"}""", "tiers.pro.budget.per", "\"fortnight\" is not known. Allowed: hour, day, week, month")]
    [InlineData("""{"usd":5}""", "tiers.pro.budget.per", "is missing")]
    [InlineData("[]", "tiers.pro.budget", "is an empty list")]
    [InlineData("5", "tiers.pro.budget", "must be an object or a list of them, but is 5")]
    [InlineData("""[{"usd":5,"per":"day"},{"usd":9,"per":"day"}]""", "tiers.pro.budget[1].per", "for which there is a budget in the list already")]
    [InlineData("""[{"usd":5,"per":"day"},{"usd":0,"per":"month"}]""", "tiers.pro.budget[1].usd", "is 0")]
    public async Task Rejects_Budget(string json, string path, string message) => await new ConfigurationDraft().Set("tiers.pro.budget", json).RejectAsync(path, message);

    [Theory]
    [InlineData("\"block\"", "tiers.pro.atLimit", "\"block\" is not known. Allowed: refuse, downgrade, queue")]
    [InlineData("5", "tiers.pro.atLimit", "must be a text or an object, but is 5")]
    [InlineData("{}", "tiers.pro.atLimit", "says nothing")]
    [InlineData("""{"downgradeUpTo":0.5}""", "tiers.pro.atLimit.downgradeUpTo", "is 0.5")]
    [InlineData("""{"downgradeUpTo":1}""", "tiers.pro.atLimit.downgradeUpTo", "must be above 1")]
    [InlineData("""{"queueSeconds":0}""", "tiers.pro.atLimit.queueSeconds", "is 0")]
    [InlineData("""{"queueSeconds":600}""", "tiers.pro.atLimit.queueSeconds", "between 0.1 and 60")]
    [InlineData("""{"queueSeconds":5,"downgradeUpTo":2}""", "tiers.pro.atLimit", "either downgrade or queue")]
    [InlineData("""{"action":"refuse","queueSeconds":5}""", "tiers.pro.atLimit.queueSeconds", "does not go with action \"refuse\"")]
    public async Task Rejects_AtLimit(string json, string path, string message) =>
        await new ConfigurationDraft().Set("tiers.pro.budget", """{"usd":1,"per":"day"}""").Set("tiers.pro.atLimit", json).RejectAsync(path, message);

    [Theory]
    [InlineData("session", "{}", "tiers.pro.session", "limits nothing")]
    [InlineData("session", """{"requests":0}""", "tiers.pro.session.requests", "must be 1 or more")]
    [InlineData("user", "{}", "tiers.pro.user", "limits nothing")]
    [InlineData("user", """{"usd":1}""", "tiers.pro.user.per", "a budget has a period; write hour, day, week, month")]
    [InlineData("user", """{"per":"day"}""", "tiers.pro.user.usd", "a period alone limits nothing")]
    [InlineData("onStoreFailure", "\"fail\"", "tiers.pro.onStoreFailure", "Allowed: lastLease, open, closed")]
    public async Task Rejects_OtherMembers(string member, string json, string path, string message) => await new ConfigurationDraft().Set($"tiers.pro.{member}", json).RejectAsync(path, message);

    [Theory]
    [InlineData("""{"name":"cap","for":{"model":"lrage"},"requestsPerMinute":1}""", "limits[0].for.model", "did you mean \"large\"?")]
    [InlineData("""{"name":"cap","for":{"route":"atuo"},"requestsPerMinute":1}""", "limits[0].for.route", "\"auto\"")]
    [InlineData("""{"name":"cap","for":{"tier":"por"},"requestsPerMinute":1}""", "limits[0].for.tier", "\"pro\"")]
    [InlineData("""{"name":"cap","for":{},"requestsPerMinute":1}""", "limits[0].for", "names nothing, but a limit is of exactly one")]
    [InlineData("""{"name":"cap","for":{"model":"large","route":"auto"},"requestsPerMinute":1}""", "limits[0].for", "names 2 things")]
    [InlineData("""{"name":"cap","for":{"tag":{"a":"b","c":"d"}},"requestsPerMinute":1}""", "limits[0].for.tag", "has 2 names")]
    [InlineData("""{"name":"cap","for":{"model":"large"}}""", "limits[0]", "limits nothing")]
    [InlineData("""{"name":"cap","for":{"model":"large"},"requestsPerMinute":0}""", "limits[0].requestsPerMinute", "must be 1 or more")]
    [InlineData("""{"name":"my cap","for":{"model":"large"},"requestsPerMinute":1}""", "limits[0].name", "must have 1 to 64 letters")]
    [InlineData("""{"for":{"model":"large"},"requestsPerMinute":1}""", "limits[0].name", "is missing")]
    public async Task Rejects_SharedLimit(string json, string path, string message) => await new ConfigurationDraft().Set("limits", $"[{json}]").RejectAsync(path, message);

    [Fact]
    public async Task Rejects_TwoSharedLimitsOfOneName() => await new ConfigurationDraft()
        .Set("limits", """[{"name":"cap","for":{"model":"large"},"requestsPerMinute":1},{"name":"cap","for":{"model":"mini"},"requestsPerMinute":1}]""").RejectAsync("limits[1].name", "as another limit is called");

    [Theory]
    [InlineData("x end user", "is no name of a header")]
    [InlineData("Authorization", "holds secrets")]
    public async Task Rejects_EndUserHeader(string header, string message) => await new ConfigurationDraft().Set("server", $$"""{"endUserHeader":"{{header}}"}""").RejectAsync("server.endUserHeader", message);

    [Theory]
    [InlineData("not a url", "must be an https URL")]
    [InlineData("http://hooks.example.com/b", "must be https")]
    [InlineData("https://hooks.example.com/b", "needs webhooks.secret")]
    public async Task Rejects_BudgetWebhook(string url, string message) => await new ConfigurationDraft().Set("webhooks", $$"""{"budgets":"{{url}}"}""").RejectAsync("webhooks.budgets", message);

    [Fact]
    public async Task Warns_DowngradeWithoutABudget() =>
        await new ConfigurationDraft().Set("tiers.pro.requestsPerMinute", "5").Set("tiers.pro.atLimit", "\"downgrade\"").WarnAsync("tiers.pro.atLimit", "changes nothing without a budget");

    [Fact]
    public async Task Warns_LowBelowWithoutWhenLow() =>
        await new ConfigurationDraft().Set("tiers.pro.budget", """[{"usd":1,"per":"day"},{"usd":2,"per":"month","lowBelow":0.1}]""").WarnAsync("tiers.pro.budget[1].lowBelow", "changes nothing without whenLow");
}
