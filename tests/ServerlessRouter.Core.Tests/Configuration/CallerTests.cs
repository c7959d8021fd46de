using System.Security.Cryptography;
using System.Text;
using ServerlessRouter.Configuration;
using ServerlessRouter.Configuration.Loading;
using ServerlessRouter.Providers;
using Xunit;

namespace ServerlessRouter.Core.Tests.Configuration;

public class CallerTests
{
    private static readonly string HashOfCallerSecret = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(ConfigurationDraft.CallerSecret)));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Accepts_KeyByReferenceOrByHash(bool byHash)
    {
        var draft = new ConfigurationDraft();
        if (byHash)
            draft.Set("keys.team-a.secret", $"\"sha256:{HashOfCallerSecret.ToUpperInvariant()}\"");

        var caller = (await draft.AcceptAsync()).CallersByKeyHash[HashOfCallerSecret];

        Assert.Equal(("team-a", "pro"), (caller.Name, caller.Tier.Name));
    }

    [Fact]
    public async Task Accepts_TierWithItsLimits()
    {
        var router = await new ConfigurationDraft().Set("tiers.pro.requestsPerMinute", "60").Set("tiers.pro.budget", """{"usd":25.5,"per":"month"}""").AcceptAsync();

        var pro = router.Tiers[0];
        Assert.True(pro.Allows("auto"));
        Assert.False(pro.Allows("mini"));
        Assert.Equal(
            [new LimitModel("requestsPerMinute", LimitMeasure.Requests, 60, LimitWindow.Minute), new LimitModel("budget.month", LimitMeasure.Money, 25_500_000, LimitWindow.Month)],
            pro.Limits.AsEnumerable());
        Assert.Equal(TierModel.DefaultName, router.AnonymousTier.Name);
        Assert.True(router.AnonymousTier.Allows("mini"));
    }

    [Fact]
    public async Task Accepts_WrittenDefaultTierForKeysThatNameNone()
    {
        var router = await new ConfigurationDraft().Remove("keys.team-a.tier").Set("tiers.default", """{"minimumQuality":0.4}""").AcceptAsync();

        Assert.Equal(0.4, router.CallersByKeyHash[HashOfCallerSecret].Tier.MinimumQuality);
        Assert.Same(router.AnonymousTier, router.CallersByKeyHash[HashOfCallerSecret].Tier);
    }

    [Theory]
    [InlineData("c4ller-s3cret-value-0001", "is not a reference to a secret")]
    [InlineData("sha256:s3cret", "must have the 64 hex digits")]
    [InlineData("env:MISSING", "the environment variable MISSING is not set")]
    public async Task Rejects_Secret_WithoutRepeatingIt(string secret, string message) =>
        await new ConfigurationDraft().Set("keys.team-a.secret", $"\"{secret}\"").RejectAsync("keys.team-a.secret", message);

    [Fact]
    public async Task Rejects_KeyNamedByItsOwnSecret_WithoutRepeatingIt() =>
        await new ConfigurationDraft().Set("keys.sk-s3cret", $$"""{"secret":"sha256:{{new string('a', 64)}}"}""").RejectAsync("keys[a text of 9 characters]", "looks like a secret");

    [Theory]
    [InlineData("0a4d55a8d778e5022fab701977c5d840")]
    [InlineData("3f2504e0-4f89-41d3-9a0c-0305e82c3301")]
    public async Task Rejects_NameWithLettersAndDigitsAsAKeyHasThem(string name) =>
        await new ConfigurationDraft().Set($"keys.{name}", $$"""{"secret":"sha256:{{new string('a', 64)}}"}""").RejectAsync($"keys[a text of {name.Length} characters]", "looks like a secret");

    [Theory]
    [InlineData("meta-llama/llama-3-70b-instruct-turbo")]
    [InlineData("anthropic/claude-sonnet-4-5-20250929")]
    public async Task Accepts_LongNameOfManyWords(string name) =>
        await new ConfigurationDraft().Set($"keys.{name}", $$"""{"secret":"sha256:{{new string('a', 64)}}"}""").AcceptAsync();

    [Fact]
    public async Task Rejects_SameKeyForTwoCallers() =>
        await new ConfigurationDraft().Set("keys.team-b", $$"""{"secret":"sha256:{{HashOfCallerSecret}}"}""").RejectAsync("keys.team-b.secret", "is the same key as keys.team-a");

    [Fact]
    public async Task Rejects_UnknownTier() =>
        await new ConfigurationDraft().Set("keys.team-a.tier", "\"prof\"").RejectAsync("keys.team-a.tier", "did you mean \"pro\"? Allowed: pro, default");

    [Fact]
    public async Task Rejects_TierThatMayAskForNothing() =>
        await new ConfigurationDraft().Set("tiers.pro.routes", "[]").RejectAsync("tiers.pro.routes", "may ask for nothing");

    [Fact]
    public async Task Warns_ShortKey()
    {
        var result = await new ConfigurationDraft().LoadAsync(("TEAM_A_KEY", "s3cret"));

        var warning = Assert.Single(result.Warnings);
        Assert.Equal("keys.team-a.secret", warning.Path);
        ConfigurationDraft.AssertNoSecret(warning);
    }

    [Fact]
    public async Task Accepts_NoKeysWhereOthersReachTheRouter_AsServingNoCallerWithAWarning()
    {
        var loader = new RouterConfigLoader(ProviderKinds.All, [], anonymousCallers: AnonymousCallers.Refused);

        var result = await loader.LoadAsync(BuiltInConfiguration.Read());

        Assert.True(result.Model!.ServesNoCaller);
        Assert.Equal("keys: has no key, and others can reach this router, so it serves no caller until there is one", Assert.Single(result.Warnings).ToString());
    }

    [Fact]
    public async Task Rejects_ReferenceThatTheHostDidNotResolve()
    {
        var result = await new ConfigurationDraft().LoadAsync(("TEAM_A_KEY", "@Microsoft.KeyVault(SecretUri=https://v.vault.azure.net/secrets/a-s3cret)"));

        var error = Assert.Single(result.Errors);
        Assert.Equal("keys.team-a.secret", error.Path);
        Assert.Contains("key vault reference that the host could not resolve", error.Message, StringComparison.Ordinal);
        ConfigurationDraft.AssertNoSecret(error);
    }

    [Theory]
    [InlineData("experiments")]
    [InlineData("cache")]
    public async Task Rejects_WhatThisVersionDoesNotHave(string member)
    {
        await new ConfigurationDraft().Set(member, "{}").AcceptAsync();
        await new ConfigurationDraft().Set(member, """{"a":{"b":1}}""").RejectAsync(member, "not available in this version");
    }

    [Fact]
    public async Task Accepts_RequestSizeWithItsDefault()
    {
        Assert.Equal(8 * 1024 * 1024, (await new ConfigurationDraft().AcceptAsync()).MaxRequestBytes);
        Assert.Equal(2048, (await new ConfigurationDraft().Set("server", """{"maxRequestBytes":2048}""").AcceptAsync()).MaxRequestBytes);
    }

    [Fact]
    public async Task Version_SameText_IsTheHashOfItsBytes()
    {
        var text = new ConfigurationDraft().ToText();

        var version = (await new ConfigurationDraft().AcceptAsync()).Version;

        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(text))[..12], version);
    }
}
