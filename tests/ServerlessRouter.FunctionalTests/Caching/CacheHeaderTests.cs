using System.Net;
using ServerlessRouter.Testing.Time;
using ServerlessRouter.Testing.Upstreams;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.FunctionalTests.Caching;

/// <summary>What callers say of the cache, and what they are told.</summary>
public sealed class CacheHeaderTests
{
    private const string Use = "X-OpenRouter-Cache";

    [Theory]
    [InlineData("Cache-Control", "no-store", "bypass; reason=no-store", 2, "hit")]
    [InlineData("Cache-Control", "private, No-Cache", "refresh", 2, "hit")]
    [InlineData("Cache-Control", "max-age=0", "refresh", 2, "hit")]
    [InlineData("Cache-Control", "max-age=soon", "refresh", 2, "hit")]
    [InlineData("Cache-Control", "max-age=-1", "refresh", 2, "hit")]
    [InlineData("Cache-Control", "max-age=100", "hit", 1, "hit")]
    [InlineData("Cache-Control", "max-age=31536000000", "hit", 1, "hit")]
    [InlineData("Cache-Control", "only-if-cached, no-transform", "hit", 1, "hit")]
    [InlineData(Use, "false", "bypass; reason=request", 2, "hit")]
    [InlineData(Use, "true", "hit", 1, "hit")]
    [InlineData("X-OpenRouter-Cache-Clear", "true", "refresh", 2, "hit")]
    [InlineData("X-OpenRouter-Cache-TTL", "60", "hit", 1, "hit")]
    public async Task Chat_WithHeader_DoesWhatItSays(string name, string value, string expected, int asked, string then)
    {
        await using var world = await CacheWorld.StartAsync();
        await world.ChatAsync();

        Assert.Equal(expected, (await world.ChatAsync(headers: (name, value))).Header("x-router-cache"));
        Assert.Equal(asked, world.Asked);
        Assert.Equal(then, (await world.ChatAsync()).Header("x-router-cache"));
    }

    [Theory]
    [InlineData(Use, "yes")]
    [InlineData("X-OpenRouter-Cache-TTL", "0")]
    [InlineData("X-OpenRouter-Cache-TTL", "-5")]
    [InlineData("X-OpenRouter-Cache-TTL", "1.5")]
    [InlineData("X-OpenRouter-Cache-TTL", "an hour")]
    [InlineData("X-OpenRouter-Cache-Clear", "1")]
    public async Task Chat_WithAWrongHeader_IsToldWhichAndWhatToSend(string name, string value)
    {
        await using var world = await CacheWorld.StartAsync();

        var answer = await world.ChatAsync(headers: (name, value));

        Assert.Equal((HttpStatusCode.BadRequest, "invalid_request"), (answer.Status, answer.ErrorCode));
        Assert.Contains(name, answer.ErrorMessage!, StringComparison.Ordinal);
        Assert.Equal(0, world.Asked);
    }

    [Fact]
    public async Task Refresh_TheNewAnswer_TakesThePlaceOfTheOld()
    {
        await using var world = await CacheWorld.StartAsync();
        world.Vendor.Next(Reply.Text("Old."), Reply.Text("New."));
        await world.ChatAsync();

        Assert.Equal("New.", (await world.ChatAsync(headers: ("Cache-Control", "no-cache"))).Text);
        Assert.Equal("New.", (await world.ChatAsync()).Text);
    }

    [Fact]
    public async Task Refresh_ThatFails_LeavesTheOldAnswer_AndClearDoesNot()
    {
        await using var world = await CacheWorld.StartAsync(set: static file => file.Route("auto", ["mini"], """{ "cache": {}, "limits": { "attempts": 1 } }"""));
        world.Vendor.Next(Reply.Text("Old."), Reply.Status(400), Reply.Status(400), Reply.Text("New."));
        await world.ChatAsync();

        await world.ChatAsync(headers: ("Cache-Control", "no-cache"));
        Assert.Equal("Old.", (await world.ChatAsync()).Text);
        await world.ChatAsync(headers: ("X-OpenRouter-Cache-Clear", "true"));
        Assert.Equal("New.", (await world.ChatAsync()).Text);
    }

    [Fact]
    public async Task Route_WithoutACache_GivesNoAnswerAgainAndSaysNothingOfIt()
    {
        await using var world = await CacheWorld.StartAsync(set: static file => file.Route("auto", ["mini"]));
        await world.ChatAsync();

        Assert.Null((await world.ChatAsync(headers: ("Cache-Control", "max-age=10"))).Header("x-router-cache"));
        Assert.Equal("bypass; reason=tier", (await world.ChatAsync(headers: (Use, "true"))).Header("x-router-cache"));
        Assert.Equal(3, world.Asked);
    }

    [Fact]
    public async Task Tier_ThatMayAsk_GetsItWhereItAsks()
    {
        await using var world = await CacheWorld.StartAsync(set: static file => file.Route("auto", ["mini"]).Tier("default", """{ "mayCache": true }"""));

        Assert.Null((await world.ChatAsync()).Header("x-router-cache"));
        Assert.Equal("miss", (await world.ChatAsync(headers: (Use, "true"))).Header("x-router-cache"));
        Assert.Equal("hit", (await world.ChatAsync(headers: (Use, "TRUE"))).Header("x-router-cache"));
        Assert.Equal("miss", (await world.Router.ChatAsync(ChatBodies.Plain(model: "mini"), (Use, "true"))).Header("x-router-cache"));
        Assert.Null((await world.ChatAsync()).Header("x-router-cache"));
    }

    [Fact]
    public async Task Time_TellsTheAge_AndEndsTheAnswer()
    {
        var time = new ManualTimeProvider();
        await using var world = await CacheWorld.StartAsync("""{ "ttlSeconds": 60, "maxTtlSeconds": 100 }""", time: time);
        await world.ChatAsync("Short.");
        await world.ChatAsync("Long.", headers: ("X-OpenRouter-Cache-TTL", "99999"));

        time.Advance(TimeSpan.FromSeconds(59));
        var aged = await world.ChatAsync("Short.");
        Assert.Equal(("hit", "59"), (aged.Header("x-router-cache"), aged.Header("Age")));
        Assert.Equal("miss", (await world.ChatAsync("Short.", headers: ("Cache-Control", "max-age=30"))).Header("x-router-cache"));

        time.Advance(TimeSpan.FromSeconds(40));
        Assert.Equal("hit", (await world.ChatAsync("Long.")).Header("x-router-cache"));
        time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal("miss", (await world.ChatAsync("Long.")).Header("x-router-cache"));
    }

    [Theory]
    [InlineData("""{"store":true}""", "store")]
    [InlineData("""{"web_search_options":{}}""", "hosted-tool")]
    [InlineData("""{"tools":[{"type":"openrouter:web_search"}]}""", "hosted-tool")]
    [InlineData("""{"plugins":[{"id":"web"}]}""", "hosted-tool")]
    public async Task Chat_ThatIsNoneForTheCache_IsToldWhy(string members, string reason)
    {
        await using var world = await CacheWorld.StartAsync();
        await world.ChatWithAsync(members);

        Assert.Equal($"bypass; reason={reason}", (await world.ChatWithAsync(members)).Header("x-router-cache"));
    }

    [Fact]
    public async Task Messages_WithABetaOfTheVendor_GoesUpAsItIs()
    {
        await using var world = await CacheWorld.StartAsync(speaksAnthropic: true);
        var body = """{"model":"auto","max_tokens":50,"messages":[{"role":"user","content":"Count."}]}"""u8.ToArray();

        var answer = await world.Router.PostAsync("v1/messages", body, ("anthropic-beta", "context-1m-2025-08-07"));

        Assert.Equal("bypass; reason=anthropic-beta", answer.Header("x-router-cache"));
        Assert.Equal("context-1m-2025-08-07", world.Vendor.Books.Requests[^1].Headers["anthropic-beta"]);
    }
}
