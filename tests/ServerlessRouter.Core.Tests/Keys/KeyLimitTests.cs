using System.Text.Json.Nodes;
using ServerlessRouter.Configuration;
using ServerlessRouter.Core.Tests.Configuration;
using ServerlessRouter.Keys;
using Xunit;

namespace ServerlessRouter.Core.Tests.Keys;

/// <summary>Limits and budgets of keys that were issued: as they are held to, shown, kept, and changed.</summary>
public sealed class KeyLimitTests
{
    private const string Terms = """{"tier":"pro","requestsPerMinute":7,"tokensPerMinute":9000,"concurrentRequests":2,"budget":[{"usd":5,"per":"month"},{"usd":0.5,"per":"day"}]}""";

    private readonly KeyFleet _fleet = new();

    [Fact]
    public async Task Limits_HoldOnEveryInstanceAndAfterARestart()
    {
        var (_, secret) = await (await _fleet.StartAsync()).IssueAsync("search", Terms);

        var other = await _fleet.StartAsync();

        Assert.Equal(
            [("key.requestsPerMinute", 7L), ("key.tokensPerMinute", 9000L), ("key.concurrentRequests", 2L), ("key.budget.month", 5_000_000L), ("key.budget.day", 500_000L)],
            LimitsOf(other.Call(secret).Caller!));
    }

    [Fact]
    public async Task Limits_AreShownAsTheyAreWritten()
    {
        var here = await _fleet.StartAsync();
        var (id, _) = await here.IssueAsync("search", Terms);

        var shown = JsonNode.Parse(IssuedKeyJson.TextOf((await here.Admin.FindAsync(KeyFleet.Owner.Admin, id, CancellationToken.None)).Key!))!;

        Assert.Equal((7, 9000, 2), ((int)shown["requestsPerMinute"]!, (int)shown["tokensPerMinute"]!, (int)shown["concurrentRequests"]!));
        Assert.Equal("""[{"usd":5,"per":"month"},{"usd":0.5,"per":"day"}]""", shown["budget"]!.ToJsonString());
    }

    [Fact]
    public async Task Change_OfOneBudget_KeepsTheOtherLimitsAndEveryName()
    {
        var (here, there) = (await _fleet.StartAsync(), await _fleet.StartAsync());
        var (id, secret) = await here.IssueAsync("search", Terms);

        Assert.Null((await here.ChangeAsync(id, """{"budget":{"usd":6,"per":"month"},"concurrentRequests":null}""")).Error);
        await there.TurnAsync();

        Assert.All([here, there], instance => Assert.Equal(
            [("key.requestsPerMinute", 7L), ("key.tokensPerMinute", 9000L), ("key.budget.month", 6_000_000L)], LimitsOf(instance.Call(secret).Caller!)));
    }

    // What is counted is filed under the key and the limit's name, so a name that changed would begin from nothing.
    [Fact]
    public async Task OtherTier_KeepsTheNamesThatCountsAreFiledUnder()
    {
        var draft = new ConfigurationDraft().Set("tiers.pro.budget", """{"usd":50,"per":"month"}""").Set("tiers.free", """{"budget":{"usd":1,"per":"month"}}""");
        var here = await _fleet.StartAsync(draft);
        var (id, secret) = await here.IssueAsync("search", """{"tier":"free","budget":{"usd":0.5,"per":"month"}}""");
        var before = here.Call(secret).Caller!;

        await here.ChangeAsync(id, """{"tier":"pro"}""");

        var after = here.Call(secret).Caller!;
        Assert.Equal(("free", "pro"), (before.Tier.Name, after.Tier.Name));
        Assert.Equal([("budget.month", 1_000_000L)], before.Tier.Limits.Select(static limit => (limit.Name, limit.Amount)));
        Assert.Equal([("budget.month", 50_000_000L)], after.Tier.Limits.Select(static limit => (limit.Name, limit.Amount)));
        Assert.Equal(LimitsOf(before), LimitsOf(after));
    }

    private static IEnumerable<(string, long)> LimitsOf(CallerModel caller) => caller.Limits.Select(static limit => (limit.Name, limit.Amount));
}
