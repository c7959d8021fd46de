using ServerlessRouter.Configuration;
using Xunit;

namespace ServerlessRouter.Core.Tests.Configuration;

/// <summary>The cache of a route, and who may ask for one.</summary>
public class CacheConfigTests
{
    [Fact]
    public async Task Accepts_ACacheWithoutMembers_AsTheDefaults()
    {
        var route = (await new ConfigurationDraft().Set("routes.auto.cache", "{}").AcceptAsync()).Targets["auto"];

        Assert.Equal(new CacheModel(), route.Cache);
        Assert.Equal((300, 86_400, CacheScope.Key, 262_144, 67_108_864), (route.Cache!.Ttl.TotalSeconds, route.Cache.MaxTtl.TotalSeconds, route.Cache.Scope, route.Cache.MaxEntryBytes, route.Cache.MaxBytes));
    }

    [Theory, InlineData("key", CacheScope.Key), InlineData("tier", CacheScope.Tier), InlineData("shared", CacheScope.Shared)]
    public async Task Accepts_Scope(string written, CacheScope scope) =>
        Assert.Equal(scope, (await new ConfigurationDraft().Set("routes.auto.cache", $$"""{"scope":"{{written}}","ttlSeconds":100000}""").AcceptAsync()).Targets["auto"].Cache!.Scope);

    [Fact]
    public async Task Accepts_ATierThatMayAsk_AndNoneWithoutItsWord()
    {
        var router = await new ConfigurationDraft().Set("tiers.free", """{"mayCache":true}""").Set("tiers.other", "{}").AcceptAsync();

        Assert.Equal([true, false], ((string[])["free", "other"]).Select(name => router.Tiers.Single(tier => tier.Name == name).MayCache));
    }

    [Theory]
    [InlineData("""{"ttlSeconds":0}""", "routes.auto.cache.ttlSeconds", "between 1 and 2592000")]
    [InlineData("""{"scope":"everyone"}""", "routes.auto.cache.scope", "shared")]
    [InlineData("""{"ttlSeconds":500,"maxTtlSeconds":100}""", "routes.auto.cache.maxTtlSeconds", "less than the 500 of ttlSeconds")]
    [InlineData("""{"maxBytes":2000}""", "routes.auto.cache.maxBytes", "less than the 262144 of maxEntryBytes")]
    [InlineData("""{"maxEntryBytes":10}""", "routes.auto.cache.maxEntryBytes", "between 1024 and 4194304")]
    [InlineData("""{"ttl":5}""", "routes.auto.cache.ttl", "")]
    public async Task Rejects_WhatCannotBe(string cache, string path, string said)
    {
        var result = await new ConfigurationDraft().Set("routes.auto.cache", cache).LoadAsync();

        var error = Assert.Single(result.Errors);
        Assert.Equal(path, error.Path);
        Assert.Contains(said, error.Message, StringComparison.Ordinal);
    }
}
